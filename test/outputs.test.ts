import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { egressHosts } from "../components/egress.ts";
import { componentsOf } from "../components/totals.ts";
import type { Workload } from "../kubernetes/workload.ts";
import { program } from "../program.ts";
import { clusterProvider } from "../provider.ts";
import { inBytes } from "../schema/values.ts";
import { ROOT, settingsOf } from "./support/stacks.ts";

describe("the outputs of prod", () => {
  const settings = settingsOf("prod");

  it("say where it is, what it runs, and how much it takes", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, result: name } }),
    });
    const outputs = await program(settings, clusterProvider(settings));
    expect(outputs.urls).toMatchObject({
      dashboard: "https://dashboard.packit.dev/",
      flower: "https://workers.packit.dev/",
      metrics: "https://workers.packit.dev/metrics",
    });
    // `pulumi stack output` shows it only if it is asked for.
    expect(await pulumi.isSecret(outputs.webhookSecret)).toBe(true);
    expect(await pulumi.isSecret(outputs.url)).toBe(false);
    expect(outputs.namespaces).toEqual(["packit--prod", "packit--prod-sandbox"]);
    expect(outputs.images).toMatchObject({
      "packit-worker": "quay.io/packit/packit-worker:prod",
      nginx: "quay.io/nginx/nginx-unprivileged:latest",
    });
    expect(outputs.queues).toEqual({
      "packit-worker-short-running": ["short-running"],
      "packit-worker-long-running": ["long-running", "rate-limited"],
    });
    // A pod takes what its init container takes, if that is more than all others together.
    const pods = componentsOf(settings).map(({ pods, containers, initContainers = {} }) => {
      const memory = (all: Workload["containers"]) =>
        Object.values(all).map(({ limits }) => inBytes(limits.memory));
      const together = memory(containers).reduce((all, one) => all + one, 0);
      return pods * Math.max(together, ...memory(initContainers));
    });
    const sum = pods.reduce((all, one) => all + one, 0);
    expect(inBytes(outputs.totals.declared.limits.memory)).toBe(sum);
    // PostgreSQL 8, Valkey 8, and a cache for each of two workers; their sandboxes' caches are in the other namespace.
    expect(outputs.totals.declared.storage).toBe("24Gi");
    const exported =
      readFileSync(join(ROOT, "index.ts"), "utf8").match(/export const \{([^}]*)\}/)?.[1] ?? "";
    expect(
      exported
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean)
        .sort(),
    ).toEqual(Object.keys(outputs).sort());
    expect(outputs.egress).toHaveLength(egressHosts(settings).length);
    await pulumi.runtime.disconnect();
  });
});
