import { CATALOGUE, SECRET_NAMES } from "../../components/catalogue.ts";
import { githubSecrets } from "../../components/github/secrets.ts";
import type { SchemaOutput } from "../../components/schema.ts";
import { partsOf } from "../../components/totals.ts";
import type { Surroundings } from "../../schema/secrets/form.ts";
import type { SecretSpec } from "../../schema/secrets/spec.ts";
import type { SecretNeeds } from "./secrets.ts";

/** The realm that Packit asks for a ticket in, unless it is told another one. */
const REALM = "FEDORAPROJECT.ORG";

/**
 * What decides which secrets a stack needs, and what they must fit.
 * @param wrong The settings that are wrong, and of which examples stand in their places.
 */
export function secretNeeds(data: SchemaOutput | undefined, wrong: readonly unknown[]): SecretNeeds {
  const forges = data?.forges ?? {};
  return {
    forges,
    github: githubSecrets(data?.github),
    needed: SECRET_NAMES.filter((name) => {
      const { isNeeded, needed }: SecretSpec = CATALOGUE[name];
      return needed !== "generated" && isNeeded?.(data) === true;
    }),
    around: data === undefined ? { hosts: [] } : surroundings(data, wrong),
  };
}

function surroundings(data: SchemaOutput, wrong: readonly unknown[]): Surroundings {
  const isWrong = (...keys: readonly (keyof SchemaOutput)[]) => keys.some((key) => wrong.includes(key));
  return {
    hosts: isWrong("hosts", "tls", "platform") ? [] : certifiedHosts(data),
    principal: isWrong("identity", "packitConfig")
      ? undefined
      : principalOf(data.identity.fasUser, data.packitConfig.kerberos_realm),
  };
}

/** Whom the workers ask Kerberos for a ticket of. */
export function principalOf(fasUser: string, realm: string | undefined): string {
  return `${fasUser}@${realm ?? REALM}`;
}

/** The hosts for which the stack's own certificate is shown: by its pods, or by an Ingress controller. */
function certifiedHosts(settings: SchemaOutput): string[] {
  if (settings.tls !== "passthrough") return [];
  const shown = partsOf(settings).flatMap(({ certified }) => certified?.(settings) ?? []);
  return shown.filter((host) => host !== undefined);
}
