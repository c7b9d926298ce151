import { defineCommand } from "citty";
import { ApiClient } from "../cluster/api-client.ts";
import { defaultSandboxNamespace } from "../components/stack/namespaces.ts";
import { checkEgress } from "../operations/egress/check.ts";
import { egressTable, requestText, type Source } from "../operations/egress/report.ts";
import { attempts, sandboxAttempt, targetsOf } from "../operations/egress/targets.ts";
import { lengthOf } from "../schema/duration.ts";
import { loadSettings } from "../settings/load.ts";
import { interruptible } from "../system/interruption.ts";
import { furtherWords, REPEATED } from "./arguments.ts";
import { JSON_OUTPUT, print, STACK, say, stackConfig, WHERE } from "./options.ts";

const CHECK = {
  stack: STACK,
  host: {
    type: "positional",
    valueHint: `HOST[:PORT] ${REPEATED}`,
    required: false,
    description: "A further host; its port is 443 unless it is named",
  },
  sandbox: { type: "boolean", default: false, description: "Try from the sandbox as well" },
  limit: {
    type: "string",
    valueHint: "TIME",
    default: "2m",
    description: "How long a pod may take to start and to try",
  },
  kubeconfig: WHERE.kubeconfig,
  ...JSON_OUTPUT,
} as const;

const check = defineCommand({
  meta: { name: "check", description: "Try from the cluster to reach every host that a stack must reach." },
  args: CHECK,
  async run({ args: { stack, sandbox, limit, kubeconfig, json }, rawArgs }) {
    const limitSeconds = lengthOf("--limit", limit);
    const config = stackConfig(stack);
    const settings = loadSettings(config, { kind: "redacted" });
    const further = furtherWords(CHECK, rawArgs);
    const all = [
      ...attempts(settings, targetsOf(settings, further)),
      ...(sandbox ? [sandboxAttempt(settings, further)] : []),
    ];
    const { kubeContext: context } = settings;
    say(`In the context ${context}:`);
    const client = new ApiClient({ kubeconfig, context });
    const reached = await interruptible(
      (signal) => checkEgress({ client, settings, limitSeconds, signal, report: say }, all),
      () => "Every pod that was made is removed, or ends by itself and goes with the next check.",
    );
    const sources = [config, ...config.others].flatMap(sourceOf);
    print(json, reached, () => [egressTable(reached), requestText(reached, sources)].join("\n").trim());
    if (reached.some(({ outcome }) => outcome !== "open")) process.exitCode = 1;
  },
});

/** Where a stack of the project runs, as far as its file says it. */
function sourceOf({ values }: { readonly values: Readonly<Record<string, unknown>> }): Source[] {
  const { kubeContext: context, namespace, withSandbox, sandboxNamespace } = values;
  if (typeof context !== "string" || typeof namespace !== "string") return [];
  const sandbox =
    typeof sandboxNamespace === "string" ? sandboxNamespace : defaultSandboxNamespace(namespace);
  return [{ context, namespaces: [namespace, ...(withSandbox === false ? [] : [sandbox])] }];
}

export const egress = defineCommand({
  meta: { name: "egress", description: "What a stack reaches outside of its cluster." },
  subCommands: { check },
});
