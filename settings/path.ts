/** The prefix of this program's keys in a stack file: the project's name in Pulumi.yaml. */
export const PREFIX = "packit:";

/** The path of a setting below `config`, the prefix left out: `["workers", "longRunning", "replicas"]`. */
export type Path = readonly (string | number)[];

/** `packit:workers.longRunning.replicas`, as Pulumi's `config set --path` takes it. */
export function formatPath([first, ...rest]: Path): string {
  const steps = rest.map((step) =>
    /^[A-Za-z_]\w*$/.test(String(step)) ? `.${step}` : `[${JSON.stringify(step)}]`,
  );
  return `${PREFIX}${first ?? ""}${steps.join("")}`;
}
