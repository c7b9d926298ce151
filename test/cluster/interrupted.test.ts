import { afterAll, describe, expect, it } from "vitest";
import type { ApiClient } from "../../cluster/api-client.ts";
import { appliedObjects, applyStack, removeStack } from "../../cluster/apply.ts";
import { localClient } from "../../local/up.ts";
import { type KubernetesObject, describe as nameOf } from "../../render/kubernetes-object.ts";
import { PATHS } from "./control-plane.ts";
import { smallStack } from "./small-stack.ts";

const client = localClient(PATHS);
const STACK = "interrupted";

afterAll(() => removeStack(client, STACK));

/** Of what is there one object goes, one comes, one is changed, one is made anew. */
const BEFORE = smallStack(STACK, STACK);
const AFTER = smallStack(STACK, STACK, { size: "2Gi", value: "b" }).map((object) =>
  object.kind === "Secret" ? { ...object, metadata: { ...object.metadata, name: "other" } } : object,
);

describe("an apply that is killed", () => {
  it("at any of its changes is made good by the next one", async () => {
    await applyStack(client, STACK, BEFORE);
    await applyStack(client, STACK, AFTER);
    const wanted = await contents();
    let moments = 0;
    for (let isOver = false; !isOver; moments++) {
      await applyStack(client, STACK, BEFORE);
      const dying = killedAfter(client, moments);
      isOver = await applyStack(dying, STACK, AFTER).then(
        () => true,
        (error) => (error instanceof Killed ? false : Promise.reject(error)),
      );
      await applyStack(client, STACK, AFTER);
      expect(await contents(), `killed after ${moments} changes`).toEqual(wanted);
    }
    // New, changed, made anew in two steps, and removed.
    expect(moments).toBeGreaterThanOrEqual(5);
  });
});

class Killed extends Error {}

/** A client that stops for good after so many changes; what was sent at that moment arrives nevertheless. */
function killedAfter(whole: ApiClient, changes: number): ApiClient {
  let left = changes;
  const isChange = (name: string | symbol, args: readonly unknown[]) =>
    name === "delete" || (name === "apply" && args[2] === undefined);
  return new Proxy(whole, {
    get(target, name) {
      const method = target[name as keyof ApiClient] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (left < 0 || (isChange(name, args) && left-- === 0)) {
          left = -1;
          throw new Killed();
        }
        return method.apply(target, args);
      };
    },
  });
}

async function contents(): Promise<unknown[]> {
  const objects = await appliedObjects(client, STACK);
  const of = ({ spec, data, ...object }: KubernetesObject) => [
    nameOf(object as KubernetesObject),
    spec,
    data,
  ];
  return objects.map(of).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
