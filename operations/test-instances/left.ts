import { knownError } from "../../errors.ts";
import { type Context, slotsOf } from "./context.ts";

/** What a deploy that was stopped leaves, and how to go on or to remove it. */
export async function leftOfDeploy(context: Context, name: string): Promise<string> {
  const where = `The same command goes on; ./ops test-instance destroy ${name} removes what there is.`;
  try {
    const held = (await slotsOf(context).held()).find((one) => one.name === name);
    if (held === undefined) return `${name} has no slot. The same command begins anew.`;
    const expiry = held.expires.toISOString();
    return `What was made of ${name} goes on running, image builds too, in slot ${held.slot} until ${expiry}. ${where}`;
  } catch (error) {
    const known = knownError(error);
    if (known === undefined) throw error;
    return `Whether ${name} has a slot cannot be said: ${known.message} ${where}`;
  }
}
