import { defineCommand } from "citty";
import { ApiClient } from "../cluster/api-client.ts";
import { findForeign, takeOver as take } from "../operations/take-over.ts";
import { evaluate } from "../render/evaluate.ts";
import { describe } from "../render/kubernetes-object.ts";
import { REDACTED } from "../schema/secrets/sensitive.ts";
import { loadSettings } from "../settings/load.ts";
import { JSON_OUTPUT, print, STACK, say, stackConfig, WHERE, whereOf } from "./options.ts";

export const takeOver = defineCommand({
  meta: {
    name: "take-over",
    description: "List what a stack declares and others have made; with --yes, make it the stack's.",
  },
  args: {
    stack: STACK,
    yes: { type: "boolean", default: false, description: "Take over what is listed" },
    context: { type: "string", description: "The kubeconfig's context. Default: the stack's" },
    ...WHERE,
    ...JSON_OUTPUT,
  },
  async run({ args: { stack, yes, context, json, ...where } }) {
    const settings = loadSettings(stackConfig(stack), { kind: "redacted" });
    const objects = await evaluate(settings, { generate: () => REDACTED, secrets: { replaceBy: REDACTED } });
    const client = new ApiClient({ context: context ?? settings.kubeContext, ...whereOf(where) });
    const foreign = await findForeign(client, settings, objects);
    for (const { live } of yes ? foreign : []) await take(client, live, stack);
    const names = foreign.map(({ live }) => describe(live));
    print(json, names, () => names.join("\n") || `There is nothing to take over for ${stack}.`);
    if (names.length === 0) return;
    if (yes) say(`${names.length} are ${stack}'s. The next \`pulumi up\` goes on with them.`);
    else say(`${names.length} to take over. Nothing is changed without --yes.`);
  },
});
