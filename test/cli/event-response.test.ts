import { describe, expect, it } from "vitest";
import { respondToEvent } from "../../cli/event-response.ts";
import { UserError } from "../../errors.ts";
import { POOL } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";

/** Nothing in these tests gets as far as a cluster; what would is told by this. */
const REACHED = "No cluster is here.";

describe("the command that a workflow is started with", () => {
  it.each([
    ["destroy ps-1", REACHED],
    [" \t/destroy ps-1\r\n", REACHED],
    ["destroy\u00a0ps-1", "U+00A0"],
    ["destroy\u200b ps-1", "U+200B"],
    ["destroy ps-1\ndestroy ps-2", "U+000A"],
    ["\u00a0destroy ps-1", "is no command"],
    ["destroyed ps-1", '"destroyed" is no command. Did you mean destroy?'],
    ["", '"" is no command'],
    ["destroy", "Name the instance"],
    ["destroy -- ''", "The instance's name is empty"],
  ])("is read as a comment's line is, but for the slash: %j", async (command, message) => {
    const started = respondToEvent({
      ...{ name: "workflow_dispatch", event: { inputs: { command } } },
      place: { pool: POOL, root: ROOT },
      ...{
        access: {},
        account: "github-actions[bot]",
        run: 1,
        log: undefined,
        secrets: [],
        report: () => {},
      },
      context: () => Promise.reject(new UserError(REACHED)),
    });
    await expect(started).rejects.toThrow(message);
    await expect(started).rejects.toBeInstanceOf(UserError);
  });
});
