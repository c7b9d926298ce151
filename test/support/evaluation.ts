import type { Evaluation } from "../../operations/test-instances/program.ts";
import { loadSettings } from "../../settings/load.ts";
import { madeStandIns, standInFrom } from "../../settings/secrets/stand-ins.ts";
import { PART_NAMES, testInstanceConfig } from "../../settings/test-instance.ts";
import { poolOf } from "./pool.ts";
import { configOf, ROOT } from "./stacks.ts";

// Every part has its entry.
const PARTS = Object.fromEntries(PART_NAMES.map((name) => [name, true]));

/** What a program is asked of the test instance "one", with every part that its platform lets it have. */
export async function evaluationOf({
  platform = "openshift",
  secrets = {},
}: {
  readonly platform?: string;
  readonly secrets?: Readonly<Record<string, unknown>>;
} = {}): Promise<Evaluation> {
  const config = testInstanceConfig({
    name: "one",
    base: configOf("stage"),
    pool: poolOf({ platform }),
    fasUser: "packit-test",
    images: {},
    // Its page must be below packit.dev unless a Route ends TLS.
    parts: { ...PARTS, dashboard: platform === "openshift" },
    secrets,
  });
  const standIn = standInFrom(await madeStandIns(config));
  const settings = loadSettings(config, { kind: "given", root: ROOT, standIn });
  return { name: "one", config, settings, seed: "a seed" };
}
