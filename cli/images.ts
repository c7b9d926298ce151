import { defineCommand } from "citty";
import { EnvHttpProxyAgent } from "undici";
import { ApiClient } from "../cluster/api-client.ts";
import { importImages } from "../operations/images/import.ts";
import { imagesTable, importText, problemsOf } from "../operations/images/report.ts";
import { chosenImages, stackImages } from "../operations/images/stack-images.ts";
import { statusOf } from "../operations/images/status.ts";
import { Registry } from "../registry/registry.ts";
import { redacted } from "../render/redacted.ts";
import { lengthOf } from "../schema/duration.ts";
import { interruptible } from "../system/interruption.ts";
import { furtherWords, REPEATED, repeated } from "./arguments.ts";
import { JSON_OUTPUT, print, refuseUnknown, STACK, say, WHERE } from "./options.ts";
import { ROOT } from "./root.ts";

const COMMON = {
  stack: STACK,
  kubeconfig: WHERE.kubeconfig,
  ...JSON_OUTPUT,
} as const;

const status = defineCommand({
  meta: { name: "status", description: "Say which images there are, and which of them run." },
  args: COMMON,
  async run({ args: { stack, kubeconfig, json } }) {
    const { images, ...where } = await imagesOf(stack, kubeconfig);
    const all = await statusOf({ ...where, images });
    const now = await where.client.now();
    print(json, all, () => imagesTable(all, now));
    if (problemsOf(all).length > 0) process.exitCode = 1;
  },
});

const IMPORT = {
  stack: STACK,
  image: {
    type: "positional",
    valueHint: `IMAGE ${REPEATED}`,
    required: false,
    description: "An image by its name in status. Default: all of Packit's own",
  },
  "restart-stuck": {
    type: "string",
    valueHint: `POD ${REPEATED}`,
    description: "A stuck pod that is made anew; repeat it for more",
  },
  "dry-run": { type: "boolean", default: false, description: "Only say what would be done" },
  wait: {
    type: "string",
    valueHint: "TIME",
    default: "20m",
    description: "How long all may take to run",
  },
  kubeconfig: COMMON.kubeconfig,
  ...JSON_OUTPUT,
} as const;

const importCommand = defineCommand({
  meta: { name: "import", description: "Bring the newest images in now, and wait until they run." },
  args: IMPORT,
  async run({ args, rawArgs }) {
    const limitSeconds = lengthOf("--wait", args.wait);
    const { images, ...where } = await imagesOf(args.stack, args.kubeconfig);
    const chosen = chosenImages(images, furtherWords(IMPORT, rawArgs));
    const isDry = args["dry-run"];
    const rest = {
      restartStuck: repeated(IMPORT, rawArgs, "restart-stuck"),
      isDry,
      limitSeconds,
      report: say,
    };
    const outcome = await interruptible(
      (signal) => importImages({ ...where, ...rest, images: chosen, signal }),
      () => "What was imported stays, and goes on being rolled: ./ops images status tells how far it is.",
    );
    print(args.json, outcome, () => importText(outcome, { isDry }));
  },
});

/** The images of a stack, and where to ask for them. */
async function imagesOf(stack: string, kubeconfig: string | undefined) {
  refuseUnknown(stack);
  const { settings, objects } = await redacted(ROOT, stack);
  const { kubeContext: context, namespace, deployment: tag } = settings;
  say(`In the context ${context}, in the namespace ${namespace}:`);
  const registry = new Registry({ dispatcher: new EnvHttpProxyAgent() });
  const images = stackImages(settings, objects);
  return { client: new ApiClient({ kubeconfig, context }), registry, namespace, tag, images };
}

export const images = defineCommand({
  meta: { name: "images", description: "The images of a stack: which run, and newer ones." },
  subCommands: { status, import: importCommand },
});
