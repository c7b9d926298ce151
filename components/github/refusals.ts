import type { Refusal } from "../../schema/refuse.ts";
import type { DeployerSettings } from "../deployer/settings.ts";
import { isProtected } from "./environment-settings.ts";
import type { GitHubSettings } from "./settings.ts";

interface Settings {
  readonly github?: GitHubSettings | undefined;
  readonly deployer?: DeployerSettings | undefined;
  readonly disposable: boolean;
}

/** What GitHub would be given that is not there, or that everybody could then take from there. */
export function githubRefusals({ github, deployer, disposable }: Settings): Refusal[] {
  const environments = Object.entries(github?.environments ?? {});
  const kept = environments.flatMap(([name, { kubeconfig }]) =>
    kubeconfig === undefined ? [] : [[name, kubeconfig] as const],
  );
  return [
    github !== undefined && disposable
      ? [
          {
            path: ["github"],
            value: github.repository,
            allowed: "nothing in a disposable stack: the repository is a real one, and would get stand-ins",
            remedy: "remove github, or set disposable to false",
            reads: ["disposable"],
          },
        ]
      : [],
    kept
      .filter(() => deployer?.token === undefined)
      .map(([name, kubeconfig]) => ({
        path: ["github", "environments", name, "kubeconfig"],
        value: kubeconfig,
        allowed: "nothing without deployer.token, which the kubeconfig is made of",
        remedy: "remove it, or set deployer.token.server",
        reads: ["deployer"],
      })),
    [...kept.map(([name]) => [name, ["github", "environments", name]] as const), ...identified(deployer)]
      .filter(([name]) => !environments.some(([one, settings]) => one === name && isProtected(settings)))
      .map(([name, path]) => ({
        path: [...path],
        value: name,
        allowed:
          "an environment under github.environments with reviewers, or with branches: any branch of the repository could deploy from another one",
        remedy: branchRemedy(name),
        reads: ["github", "deployer"],
      })),
    environments
      .filter(([, settings]) => Object.keys(settings.secrets).length > 0 && !isProtected(settings))
      .map(([name, { secrets }]) => ({
        path: ["github", "environments", name, "secrets"],
        value: Object.keys(secrets).join(", "),
        allowed:
          "secrets of an environment with reviewers, or with branches: any branch of the repository could take them from another one",
        remedy: branchRemedy(name),
        reads: ["github"],
      })),
  ].flat();
}

function branchRemedy(environment: string): string {
  return `for example pulumi config set --path 'packit:github.environments.${environment}.branches[0]' main`;
}

/** The environment whose workflows are the deployer without a token. */
function identified(deployer: DeployerSettings | undefined) {
  const name = deployer?.oidc?.environment;
  return name === undefined ? [] : [[name, ["deployer", "oidc", "environment"]] as const];
}
