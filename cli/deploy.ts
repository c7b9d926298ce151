import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { defineCommand } from "citty";
import { ApiClient } from "../cluster/api-client.ts";
import { EnvironmentError, knownError, UserError } from "../errors.ts";
import { GitHub } from "../github/github.ts";
import { refuseOther } from "../operations/deployment/agreement.ts";
import { Deployment } from "../operations/deployment/deployment.ts";
import { hasEnded } from "../operations/deployment/ended.ts";
import type { WorkflowTry } from "../operations/deployment/lock.ts";
import { readPlan } from "../operations/deployment/plan.ts";
import { counted, planMarkdown } from "../operations/deployment/summary.ts";
import { refuseIll } from "../operations/deployment/well.ts";
import { redacted } from "../render/redacted.ts";
import { lengthOf } from "../schema/duration.ts";
import { headOf, uncommitted } from "../system/checkout.ts";
import { interruptible } from "../system/interruption.ts";
import { refuseUnknown, STACK, say } from "./options.ts";
import { ROOT } from "./root.ts";

const PLAN = {
  type: "string",
  valueHint: "FILE",
  required: true,
} as const;

const preview = defineCommand({
  meta: { name: "preview", description: "Write down what `pulumi up` would do, to be agreed to." },
  args: { stack: STACK, plan: { ...PLAN, description: "Where that is written; it holds no secret" } },
  async run({ args: { stack, plan: path } }) {
    const deployment = await deploymentOf(stack);
    const plan = await interruptible(
      (signal) => deployment.plan(signal),
      () => "Nothing is changed.",
    );
    writeFileSync(path, `${JSON.stringify(plan, null, 2)}\n`);
    const page = planMarkdown(plan);
    process.stdout.write(`${page}\n`);
    tell(process.env.GITHUB_STEP_SUMMARY, page);
    tell(process.env.GITHUB_OUTPUT, `changes=${plan.steps.length > 0}`);
  },
});

const up = defineCommand({
  meta: { name: "up", description: "Do what was agreed to, and see whether all is well." },
  args: {
    stack: STACK,
    plan: { ...PLAN, description: "What was agreed to, as preview has written it" },
    wait: {
      type: "string",
      valueHint: "TIME",
      default: "10m",
      description: "How long all may take to be ready",
    },
  },
  async run({ args: { stack, plan: path, wait } }) {
    const limitSeconds = lengthOf("--wait", wait);
    const deployment = await deploymentOf(stack);
    const agreed = readPlan(path, readFileSync(path, "utf8"));
    say(`What was agreed to: ${counted(agreed.steps) || "nothing"}; plan ${agreed.digest}.`);
    const { settings, objects } = await redacted(ROOT, stack);
    await interruptible(
      async (signal) => {
        const told = { report: say, signal };
        refuseOther(agreed, await deployment.plan(signal));
        await withWayBack(async () => {
          await deployment.up({ ...told, hasEnded: endedByGitHub() });
          const client = new ApiClient({ context: settings.kubeContext });
          // Under maintenance there is no API.
          const url = settings.maintenance ? undefined : `https://${settings.hosts.service}/`;
          await refuseIll({ client, objects, url, limitSeconds, ...told });
        });
      },
      () => WAY_BACK,
    );
    const done = `${stack} is at commit ${agreed.commit}, and well.`;
    say(done);
    tell(process.env.GITHUB_STEP_SUMMARY, done);
  },
});

export const deploy = defineCommand({
  meta: { name: "deploy", description: "Deploy a stack in two steps: what is agreed to is what is done." },
  subCommands: { preview, up },
});

const WAY_BACK = [
  "To go on, run the workflow again. To go back:",
  "  git revert COMMIT           and deploy the commit that this makes",
  "  docs/images.md#going-back   for an image alone",
].join("\n");

/** Work that may leave a stack half done: what fails in it tells how to go on. */
async function withWayBack(work: () => Promise<void>): Promise<void> {
  await work().catch((error) => {
    const known = knownError(error);
    throw known instanceof EnvironmentError ? new EnvironmentError(`${known.message}\n\n${WAY_BACK}`) : error;
  });
}

async function deploymentOf(stack: string): Promise<Deployment> {
  refuseUnknown(stack);
  const commit = await headOf(ROOT);
  const changed = await uncommitted(ROOT, stack);
  if (changed.length > 0)
    throw new UserError(
      `Not all of this checkout is of commit ${commit}, which is what would be agreed to:\n${changed.join("\n")}\nCommit it, or put it aside: git stash --include-untracked`,
    );
  return new Deployment({ root: ROOT, stack, commit, secrets: secretsIn(process.env) });
}

/** The variables that Pulumi's CLI and this command read secrets from. */
const SECRET_VARIABLES = [
  ...["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "GITHUB_TOKEN"],
  ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
];

function secretsIn(env: NodeJS.ProcessEnv): string[] {
  return SECRET_VARIABLES.flatMap((name) => env[name] ?? []);
}

/** How it is known of a try that it has ended: GitHub is asked, in a run of its own. */
function endedByGitHub(): ((one: WorkflowTry) => Promise<boolean>) | undefined {
  const { GITHUB_REPOSITORY = "", GITHUB_TOKEN: token, GITHUB_API_URL: baseUrl } = process.env;
  const [owner, name] = GITHUB_REPOSITORY.split("/");
  if (!owner || !name || !token) return undefined;
  const github = new GitHub({ token, baseUrl });
  return (one) => hasEnded(github, { owner, name }, one);
}

/** Adds a text to a file that GitHub has named, if it has. */
function tell(file: string | undefined, text: string): void {
  if (file) appendFileSync(file, `${text}\n`);
}
