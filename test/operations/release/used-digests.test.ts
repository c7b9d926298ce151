import { describe, expect, it } from "vitest";
import type { ApiClient } from "../../../cluster/api-client.ts";
import { EnvironmentError, UserError } from "../../../errors.ts";
import { usedDigests } from "../../../operations/release/used-digests.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const imageID = (letter: string) => `quay.io/packit/packit-worker@${digest(letter)}`;

/** A stack whose namespaces have these pods. */
function using(stack: string, pods: Readonly<Record<string, readonly object[] | Error>>) {
  const list = async (_: object, { namespace }: { namespace: string }) => {
    const found = pods[namespace] ?? [];
    if (found instanceof Error) throw found;
    return found;
  };
  // Nothing else of it is used.
  const client = () => ({ list }) as unknown as ApiClient;
  return { stack, client, namespaces: Object.keys(pods) };
}

describe("images that are used", () => {
  it("are those of all containers, init containers too, of a stack and its sandboxes, and those that its file names", async () => {
    const pods = [{ status: { containerStatuses: [{ imageID: imageID("a") }, {}], phase: "Succeeded" } }];
    const sandboxes = [{ status: { initContainerStatuses: [{ imageID: imageID("b") }] } }, {}];
    const files = [`worker: quay.io/packit/packit-worker@${digest("c")}`, "replicas: 1"];
    const found = await usedDigests(files, [
      using("prod", { own: pods, sandbox: sandboxes }),
      using("fedora-ci", { own: [] }),
    ]);
    expect(found.sort()).toEqual(["a", "b", "c"].map(digest));
  });

  it.each([
    new EnvironmentError("Nobody is there."),
    new UserError("There is no such context."),
  ])("are not known where a stack cannot be asked, which is named, with the way on: $name", async (error) => {
    const stacks = [using("stage", { own: [] }), using("prod", { own: error })];
    await expect(usedDigests([], stacks)).rejects.toThrow(
      `Which images prod runs cannot be asked, so none is removed: ${error.message}\nName the stacks that there are in packit:release.registry.stacks, or: --without clean-registry`,
    );
  });
});
