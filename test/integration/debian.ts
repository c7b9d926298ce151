import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { EnvironmentError } from "../../errors.ts";
import { installed } from "./installation.ts";

/**
 * The release is pinned and the packages' versions are not: a mirror keeps only the newest version of each, and a
 * release gets nothing but fixes.
 */
const RELEASE = "bookworm";
const PACKAGES = {
  debian: ["nginx", "apache2-utils", "postgresql-15", "postgresql-client-15", "krb5-user"],
  browser: ["chromium-headless-shell", "fonts-dejavu-core"],
} as const;

/** To be raised when the content is laid out in another way. */
const FORMAT = "1";

const LIMIT = { timeout: 300_000, env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" } };

/** The folder that some of Debian's packages are unpacked into, as if it were the root. */
export async function debianRoot(kind: keyof typeof PACKAGES): Promise<string> {
  const release = releaseOf(existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "");
  if (release !== RELEASE) {
    throw new EnvironmentError(
      `it is taken from Debian ${RELEASE}'s packages, and this machine runs ${release}`,
    );
  }
  const packages = PACKAGES[kind];
  const pins = [FORMAT, process.arch, RELEASE, ...packages];
  return installed({ kind, pins, fill: (folder) => fill(folder, packages) });
}

/** Where programs of the folder find the libraries that came with them. */
export function libraryPath(root: string): string {
  const parents = [join(root, "usr/lib"), join(root, "lib")].filter((folder) => existsSync(folder));
  const names = (folder: string) => readdirSync(folder).filter((name) => name.endsWith("-linux-gnu"));
  const folders = parents.flatMap((folder) => names(folder).map((name) => join(folder, name)));
  // PulseAudio's keeps what it alone needs in a folder of its own.
  return [...folders, ...folders.map((folder) => join(folder, "pulseaudio")).filter(existsSync)].join(":");
}

/** The release's name in the text of os-release. */
export function releaseOf(text: string): string {
  return (
    /^VERSION_CODENAME="?([^"\n]+)/m.exec(text)?.[1] ?? /^ID="?([^"\n]+)/m.exec(text)?.[1] ?? "another system"
  );
}

/** Fetches the packages, and those that they need and the machine has not, with apt's own sources but no rights. */
async function fill(folder: string, packages: readonly string[]): Promise<void> {
  const work = join(folder, "apt");
  for (const name of ["lists/partial", "cache/archives/partial"])
    mkdirSync(join(work, name), { recursive: true });
  const settings = [
    `Dir::State::Lists=${work}/lists`,
    `Dir::Cache=${work}/cache`,
    "Debug::NoLocking=1",
    // A sandbox of apt's own user could not write into the user's cache.
    "APT::Sandbox::User=root",
    "Acquire::Languages=none",
    "Acquire::Retries=1",
    "Acquire::http::Timeout=30",
    "Acquire::https::Timeout=30",
  ].flatMap((setting) => ["-o", setting]);
  // It also fails for a source that none of the packages is from.
  await execa("apt-get", [...settings, "update"], { ...LIMIT, reject: false });
  // Reinstalled, as those that the machine has would not be fetched otherwise.
  const flags = ["--yes", "--download-only", "--reinstall", "--no-install-recommends"];
  await execa("apt-get", [...settings, ...flags, "install", ...packages], LIMIT);
  const archives = join(work, "cache/archives");
  for (const name of readdirSync(archives).filter((file) => file.endsWith(".deb"))) {
    await execa("dpkg-deb", ["--extract", join(archives, name), folder], LIMIT);
  }
  rmSync(work, { recursive: true });
}
