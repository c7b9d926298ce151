import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ExecaError, execa } from "execa";
import { EnvironmentError } from "../errors.ts";
import { withLock } from "./lock.ts";
import { MODULE, type Paths } from "./paths.ts";

/** The version that the API server says it is; the one of k8s.io/kubernetes in go.mod. */
export const VERSION = "v1.36.3";

/** The names under which the one program runs as each part of the control plane, and as kubectl. */
const NAMES = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
  "kwok",
] as const;

export type BinaryName = (typeof NAMES)[number];

/** The program that holds them all. */
const PROGRAM = "control-plane";

/** Files of Go modules that the control plane reads, by the names that they get in the kit; the last ones joined. */
const OPENSHIFT = "github.com/openshift/api";
const KWOK = "sigs.k8s.io/kwok";
const FILES = {
  "openshift-openapi.json": [[OPENSHIFT, "openapi/openapi.json"]],
  "route-crd.yaml": [[OPENSHIFT, "route/v1/zz_generated.crd-manifests/routes.crd.yaml"]],
  "stages.yaml": [
    [KWOK, "kustomize/stage/node/fast/node-initialize.yaml"],
    [KWOK, "kustomize/stage/pod/fast/pod-ready.yaml"],
    [KWOK, "kustomize/stage/pod/fast/pod-complete.yaml"],
    [KWOK, "kustomize/stage/pod/fast/pod-delete.yaml"],
  ],
} as const;

export type KitFile = keyof typeof FILES;

/** The path of one of the kit's files. */
export function kitFile(paths: Paths, name: KitFile): string {
  return join(paths.kit, name);
}

/** What a long build tells of itself. */
export type Report = (message: string) => void;

/** Whether the binaries are there. */
export function kitIsBuilt(paths: Paths): boolean {
  return [...NAMES, ...Object.keys(FILES)].every((name) => existsSync(join(paths.kit, name)));
}

/**
 * Builds the control plane's binaries from their pinned Go modules, unless they are there. They are put into place
 * together, by a rename, so that a killed build leaves nothing that a later one would take for whole.
 */
export async function buildKit(paths: Paths, report: Report): Promise<void> {
  if (kitIsBuilt(paths)) return;
  const onWait = () => report("another run builds them; waiting");
  await withLock({ folder: paths.cache, limitSeconds: 1800, onWait }, async () => {
    if (kitIsBuilt(paths)) return;
    for (const name of readdirSync(paths.cache)) {
      if (name.startsWith("building-")) rmSync(join(paths.cache, name), { recursive: true, force: true });
    }
    const building = join(paths.cache, `building-${process.pid}`);
    mkdirSync(building);
    try {
      report("fetching Go modules");
      await copyFiles(building);
      await compile(building, report);
    } catch (error) {
      throw goError(error);
    }
    rmSync(paths.kit, { recursive: true, force: true });
    renameSync(building, paths.kit);
  });
}

/**
 * Three compilers at once, and a collector that lets memory grow, leave two cores hardly idle; what debuggers read takes
 * a tenth of the time, and C a compiler that need not be there.
 */
const FASTER = { GOGC: "400", CGO_ENABLED: "0" };
const FASTER_FLAGS = ["-p", "3", "-trimpath", "-gcflags=all=-dwarf=false"];

async function compile(target: string, report: Report): Promise<void> {
  const { stdout } = await go(["list", "-deps", "./parts"]);
  const total = stdout.split("\n").length;
  let done = 0;
  const link = `-ldflags=${["-s", "-w", ...versionFlags()].join(" ")}`;
  const build = go(["build", "-v", ...FASTER_FLAGS, link, "-o", join(target, PROGRAM), "./parts"], FASTER);
  for await (const _ of build.iterable({ from: "stderr" })) {
    done += 1;
    if (done % 50 === 0) report(`compiled ${done} of at most ${total} packages`);
  }
  await build;
  for (const name of NAMES) symlinkSync(PROGRAM, join(target, name));
}

function go(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa("go", args, { cwd: MODULE, env });
}

/** A failed call of go, said in its own last words. */
function goError(error: unknown): unknown {
  if (!(error instanceof ExecaError)) return error;
  if (error.code === "ENOENT") {
    return new EnvironmentError(
      "Go is not on PATH. Install Go 1.26 or newer: the control plane is built with it.",
    );
  }
  const said = String(error.stderr).trim().split("\n").slice(-15).join("\n");
  return new EnvironmentError(
    `Go could not build the control plane. Check the network and the disk. It said:\n${said}`,
  );
}

function versionFlags(): string[] {
  const [major, minor] = VERSION.slice(1).split(".");
  const facts = { gitVersion: VERSION, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  return Object.entries(facts).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
}

async function copyFiles(target: string): Promise<void> {
  // Nothing is built from OpenShift's module, so that no build has fetched it.
  await go(["mod", "download", OPENSHIFT, KWOK]);
  const { stdout } = await go(["list", "-m", "-f", "{{.Path}}={{.Dir}}", OPENSHIFT, KWOK]);
  const directories = new Map(stdout.split("\n").map((line) => line.split("=", 2) as [string, string]));
  for (const [name, sources] of Object.entries(FILES)) {
    const texts = sources.map(([module, path]) => {
      const directory = directories.get(module);
      if (!directory) throw new Error(`go mod download has not fetched ${module}`);
      return readFileSync(join(directory, path), "utf8");
    });
    writeFileSync(join(target, name), texts.join("\n---\n"));
  }
}
