import type { Pool } from "../components/test-instance/pool.ts";
import { UserError } from "../errors.ts";
import { type Where, whereOf } from "./options.ts";
import type { Command } from "./verb.ts";

/** The commands of this project in a text, told where to work as the one was that prints it. */
export function complete(text: string, { local, kubeconfig }: Where): string {
  const where = local ? " --local" : kubeconfig === undefined ? "" : ` --kubeconfig=${quoted(kubeconfig)}`;
  return text.replaceAll(/\.\/ops test-instance [a-z]+\b/g, (command) => command + where);
}

/** A verb that completes the commands in what it fails with. */
export function completing(verb: Command): Command {
  return {
    ...verb,
    async run(context) {
      try {
        await verb.run?.(context);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        // Every verb that this is for takes these options.
        throw new UserError(complete(error.message, context.args as unknown as Where));
      }
    },
  };
}

/** What a command of Kubernetes begins with that is to ask the pool's cluster. */
export function ocOf(args: Where, { kubeContext, platform }: Pick<Pool, "kubeContext" | "platform">): string {
  const { kubeconfig } = whereOf(args);
  const program = args.local ? ".local/control-plane/kubectl" : platform === "openshift" ? "oc" : "kubectl";
  const where = kubeconfig === undefined ? [] : ["--kubeconfig", quoted(kubeconfig)];
  return [program, ...where, "--context", quoted(kubeContext)].join(" ");
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
