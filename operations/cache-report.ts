import Table from "cli-table3";
import type { CacheVolume } from "../components/repository-cache/settings.ts";

/** What is known of a repository on a volume. */
export interface RepositoryReport {
  readonly repository: string;
  /** Unknown is what nothing tells the end of; that is never taken for success. */
  readonly state: "working" | "done" | "failed" | "there" | "unknown";
  readonly detail?: string;
  /** What it takes of the volume. */
  readonly bytes?: number;
  readonly seconds?: number;
  /** When it was last filled, in seconds since 1970. */
  readonly updated?: number;
}

/** What is known of a volume. */
export interface VolumeReport {
  readonly volume: CacheVolume;
  readonly repositories: readonly RepositoryReport[];
  readonly size?: { readonly bytes: number; readonly free: number };
  /** The pods that mount it. */
  readonly holders: readonly string[];
  /** Why nothing, or not everything, was done. */
  readonly problem?: string;
}

/** A table of volumes and their repositories. */
export function cacheTable(reports: readonly VolumeReport[], now = Date.now()): string {
  const table = new Table({
    head: ["repository", "state", "size", "took", "filled"],
    style: { head: [], border: [], compact: true },
  });
  for (const { volume, repositories, size, holders, problem } of reports) {
    const room = size ? `, ${human(size.free)} of ${human(size.bytes)} free` : "";
    const holder = holders.length > 0 ? `\nmounted by ${holders.join(", ")}` : "";
    const why = problem ? `\n${problem}` : "";
    table.push([{ colSpan: 5, content: `${volume.worker}, ${volume.side}${room}${holder}${why}` }]);
    for (const one of repositories) {
      const state = one.detail ?? one.state;
      table.push([
        one.repository,
        wrapped(one.state === "failed" ? `failed: ${state}` : state),
        one.bytes === undefined ? "-" : human(one.bytes),
        one.seconds === undefined ? "-" : `${one.seconds} s`,
        one.updated === undefined ? "-" : ago(now / 1000 - one.updated),
      ]);
    }
  }
  return table.toString();
}

/** Bytes for people. */
export function human(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const exponent = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const amount = bytes / 1024 ** exponent;
  return `${exponent === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[exponent]}`;
}

function ago(seconds: number): string {
  if (seconds < 90) return "just now";
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h ago`
    : `${Math.round(seconds / 86_400)} days ago`;
}

/** A text in lines that leave room for the other columns on a terminal of 80. */
function wrapped(text: string): string {
  return text.replace(/(.{1,34})(\s+|$)/g, "$1\n").trim();
}
