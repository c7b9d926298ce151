import { accessSync, constants, readFileSync, statfsSync } from "node:fs";
import { defineCommand } from "citty";
import { execa } from "execa";
import { parse } from "yaml";
import { ApiClient } from "../cluster/api-client.ts";
import { type Ask, clusterNeeds, type Finding, localNeeds, pulumiNeeds } from "../operations/doctor.ts";
import { redacted } from "../render/redacted.ts";
import { stackFilePath } from "../settings/stack-file.ts";
import { JSON_OUTPUT, print, refuseUnknown, STACK } from "./options.ts";
import { ROOT } from "./root.ts";

export const doctor = defineCommand({
  meta: { name: "doctor", description: "Say what is missing on this machine, and what to do about it." },
  args: {
    stack: { ...STACK, required: false, description: "A stack that is to be applied to its cluster" },
    kubeconfig: {
      type: "string",
      valueHint: "FILE",
      description: "The kubeconfig. Default: where kubectl looks",
    },
    ...JSON_OUTPUT,
  },
  async run({ args: { stack, kubeconfig, json } }) {
    if (stack) refuseUnknown(stack);
    const { bavail, bsize } = statfsSync(ROOT);
    const ways = stack
      ? [
          ["pulumi up", await ofPulumi(stack)],
          ["the cluster", await ofCluster(stack, kubeconfig)],
        ]
      : [["make local", await localNeeds(ask, bavail * bsize)]];
    const findings = ways as [string, Finding[]][];
    print(json, Object.fromEntries(findings), () =>
      findings.map(([way, all]) => section(way, all)).join("\n"),
    );
    if (findings.some(([, all]) => all.some(({ found }) => found === undefined))) process.exitCode = 1;
  },
});

function ofPulumi(stack: string): Promise<Finding[]> {
  const { secretsprovider: secretsProvider } = parse(readFileSync(stackFilePath(ROOT, stack), "utf8"));
  return pulumiNeeds(ask, { stack, env: process.env, secretsProvider, isReadable });
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

async function ofCluster(stack: string, kubeconfig: string | undefined): Promise<Finding[]> {
  const { settings, objects } = await redacted(ROOT, stack);
  const context = settings.kubeContext;
  return clusterNeeds(() => new ApiClient({ kubeconfig, context }), context, objects);
}

const ask: Ask = async (program, args) => {
  const { failed, stdout } = await execa(program, args, { cwd: ROOT, reject: false, stdin: "ignore" });
  return failed ? undefined : stdout;
};

function section(way: string, findings: readonly Finding[]): string {
  const lines = findings.map(({ what, found, remedy }) =>
    found === undefined ? `  missing  ${what}\n             ${remedy}` : `  there    ${what}: ${found}`,
  );
  return [`For ${way}:`, ...lines].join("\n");
}
