import { type Fault, OTHER_FORM, type Read } from "./read.ts";
import { trimmed, unseenIn } from "./text.ts";

/** One block of a PEM file. */
export interface Block {
  /** What stands after BEGIN. */
  readonly label: string;
  /** The block itself, without spaces around its lines, with a newline at its end. */
  readonly text: string;
  /** Whether it says that it is encrypted. */
  readonly isEncrypted: boolean;
}

/** The blocks of a PEM file; text between them, which readers pass over, is left out. */
export function pemBlocks(text: string): Read<readonly Block[]> {
  const unseen = unseenIn(text, " \t\n");
  if (unseen) return unseen;
  const blocks: Block[] = [];
  let open: { label: string; lines: string[]; isEncrypted: boolean } | undefined;
  for (const line of text.split("\n").map(trimmed)) {
    const [, edge, label = ""] = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----$/.exec(line) ?? [];
    if (edge === "BEGIN" && !open)
      open = { label, lines: [line], isEncrypted: label.startsWith("ENCRYPTED ") };
    else if (edge === "END" && open?.label === label) {
      blocks.push({ ...open, text: `${[...open.lines, line].join("\n")}\n` });
      open = undefined;
    } else if (open && /^(Proc-Type: 4,ENCRYPTED|DEK-Info: .*)$/.test(line)) open.isEncrypted = true;
    else if (open && /^[A-Za-z0-9+/]+={0,2}$/.test(line)) open.lines.push(line);
    else if (line !== "" && (open || line.includes("-----"))) return DAMAGED;
  }
  if (open) return { fault: "PEM that is cut off" };
  return blocks.length === 0 ? OTHER_FORM : { value: blocks };
}

/** What a block is, for who expected something else. */
export function kindOf({ label }: Block): string {
  const kind = KINDS.find(([end]) => label.endsWith(end));
  return kind?.[1] ?? "PEM of another kind";
}

const DAMAGED: Fault = {
  fault: "PEM whose lines are damaged",
  remedy: "give the file as it was made, its line ends kept",
};

const KINDS = [
  ["OPENSSH PRIVATE KEY", "a private key in OpenSSH's own form"],
  ["PRIVATE KEY", "a private key"],
  ["PUBLIC KEY", "a public key"],
  ["CERTIFICATE REQUEST", "a request for a certificate"],
  ["CERTIFICATE", "a certificate"],
  ["PARAMETERS", "parameters without a key"],
] as const;
