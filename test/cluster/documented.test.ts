import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import type { Anything } from "../support/anything.ts";
import { blocks, documented, PAGES } from "../support/documented.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ocAlone } from "../support/oc.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { FEW_PARTS, TestStack } from "./stack.ts";

const KUBECTL = join(PATHS.state, "kubectl");
const stack = new TestStack("documented");

describe("each command that a page tells to run", () => {
  it("of kubectl, or of oc where kubectl has it, is one that kubectl knows, with its options", async () => {
    const all = (await Promise.all(PAGES.map((page) => documented(page)))).flat();
    const own = all.filter(({ program, args }) => ["oc", "kubectl"].includes(program) && !ocAlone(args));
    expect(own.length).toBeGreaterThan(15);
    const faults = await Promise.all(
      own.map(async ({ page, args }) => {
        const { isKnown, stderr } = await asked(args);
        return isKnown ? [] : [`${page}: ${args.join(" ")}: ${stderr}`];
      }),
    );
    expect(faults.flat()).toEqual([]);
    expect((await asked(["logs", "--folow", "job/copy"])).isKnown).toBe(false);
    expect((await asked(["creat", "job"])).isKnown).toBe(false);
  });
});

describe("Jobs made from the CronJobs, as docs/postgresql.md says", () => {
  beforeAll(async () => {
    const backup = { bucket: "arr-packit-stg" };
    await stack.up({ ...FEW_PARTS, withBackup: true, backup, postgres: { secondVersion: 16 } });
  });

  it("are there, with the backup's name where one is given", async () => {
    const page = readFileSync(join(ROOT, "docs/postgresql.md"), "utf8");
    const scripts = blocks(page).flatMap((block) => block.split(/\n\s*\n/));
    const makers = scripts.flatMap((script) => {
      const from = script.search(/^ *oc create job/m);
      // What follows would read the log of a container, and none runs here.
      return from === -1 ? [] : [script.slice(from).replace(/^ *oc logs.*$/m, "")];
    });
    expect(makers).toHaveLength(4);
    const seen: [string, unknown][] = [];
    for (const script of makers) {
      const { exitCode, stderr } = await runOnStack(script);
      expect(exitCode, `${script}\n${stderr}`).toBe(0);
      const jobs = [...(await stack.list("Job", { apiVersion: "batch/v1" })).values()];
      for (const job of jobs.filter(({ metadata }) => !metadata.name.startsWith("packit-"))) {
        const { env = [] } = job.spec.template.spec.containers[0];
        seen.push([job.metadata.name, env.find(({ name }: Anything) => name === "BACKUP_NAME")?.value]);
        await stack.client.delete(job);
      }
    }
    expect(seen).toEqual([
      ["copy", undefined],
      ["backup-now", undefined],
      ["restore", undefined],
      ["restore", "database/2026-11-20T01-30-00.000000Z.sql.gz"],
    ]);
  });
});

/** Whether kubectl knows a command and its options: it then tells of them, and does nothing. */
async function asked(args: readonly string[]) {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const words = [...args.slice(0, end), "--help"];
  const { exitCode, stdout, stderr } = await execa(KUBECTL, words, { reject: false });
  // The help of an unknown command is that of all.
  return {
    isKnown: exitCode === 0 && stdout.includes("Usage:\n  kubectl ") && !stdout.includes("Basic Commands"),
    stderr,
  };
}

/** Runs a page's script for this file's stack instead of stage. */
async function runOnStack(script: string) {
  const bin = temporaryFolder();
  writeFileSync(join(bin, "oc"), `#!/bin/sh\nexec ${KUBECTL} --kubeconfig=${PATHS.kubeconfig} "$@"\n`);
  chmodSync(join(bin, "oc"), 0o755);
  const own = script.replaceAll("packit--stg", stack.namespace);
  return execa("bash", ["-o", "pipefail", "-c", own], {
    env: { PATH: `${bin}:${process.env.PATH}` },
    reject: false,
  });
}
