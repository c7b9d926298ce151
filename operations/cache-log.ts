import { z } from "zod";
import type { RepositoryReport, VolumeReport } from "./cache-report.ts";

const amount = z.number().min(0);

const repositoryLine = z.strictObject({
  repository: z.string(),
  state: z.enum(["working", "done", "failed", "there"]),
  detail: z.string().optional(),
  bytes: amount.optional(),
  seconds: amount.optional(),
  updated: amount.optional(),
});

/** The last line of a command: how many came before it, and the room on the volume. */
const lastLine = z.strictObject({
  volume: z.strictObject({ bytes: amount, free: amount }),
  lines: z.int().min(0),
});

type Line = z.output<typeof repositoryLine> | z.output<typeof lastLine>;

export interface Log extends Pick<VolumeReport, "repositories" | "size"> {
  /** Whether it is known to be all that was said: its last line is there, and as many before it as that one tells. */
  readonly isWhole: boolean;
}

/** Reads what repository-cache.py has said so far; lines that are not its own, as warnings of Python, are nothing. */
export function readLog(text: string): Log {
  const lines = text.split("\n").flatMap(parsed);
  const said = lines.filter((line) => "repository" in line);
  const latest = new Map(said.map((line) => [line.repository, line as RepositoryReport]));
  const last = lines.at(-1);
  const isLast = last !== undefined && "volume" in last;
  return {
    repositories: [...latest.values()],
    ...(isLast && { size: last.volume }),
    isWhole: isLast && last.lines === lines.length - 1,
  };
}

/** What a log proves of a volume, and what is wrong with it where it does not prove how each of `expected` ended. */
export function proven(
  log: string,
  expected: readonly string[],
): Pick<VolumeReport, "repositories" | "size"> & { readonly gap?: string } {
  const { isWhole, repositories, ...rest } = readLog(log);
  const ended = repositories.filter(({ state }) => state !== "working");
  const open = expected.filter((name) => !ended.some(({ repository }) => repository === name));
  const unknown = open.map((repository) => ({ repository, state: "unknown" as const }));
  const known = { repositories: [...ended, ...unknown], ...rest };
  if (log.trim() === "") return { ...known, gap: "its pod said nothing" };
  if (open.length > 0) return { ...known, gap: `its pod did not say what became of ${open.join(", ")}` };
  return isWhole ? known : { ...known, gap: "a part of what its pod said is missing" };
}

function parsed(line: string): Line[] {
  if (!line.startsWith("{")) return [];
  try {
    const { data } = z.union([repositoryLine, lastLine]).safeParse(JSON.parse(line));
    return data === undefined ? [] : [data];
  } catch {
    return [];
  }
}
