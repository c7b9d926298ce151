import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { UserError } from "../errors.ts";

/** The prefix of this program's keys in a stack file: the project's name in Pulumi.yaml. */
export const PREFIX = "packit:";

/** The path of a setting below `config`, the prefix left out: `["workers", "longRunning", "replicas"]`. */
export type Path = readonly (string | number)[];

/** A stack's configuration: its values as plain data, and the files that they stand in, where they do. */
export interface StackConfig {
  readonly stack: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly file?: StackFile;
  /** What all stacks share. */
  readonly project?: StackFile;
  /** The keys that hold something encrypted, where the engine has decrypted it. */
  readonly encryptedKeys?: readonly string[];
}

/** A parsed Pulumi.<stack>.yaml or Pulumi.yaml, which knows on what line each setting stands. */
export class StackFile {
  readonly name: string;
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #within: readonly string[];

  /** @param within The keys below a setting's own below which its value stands, as `default` in Pulumi.yaml. */
  constructor(name: string, text: string, within: readonly string[] = []) {
    this.name = name;
    this.#within = within;
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    this.#refuseAliases();
    if (this.#document.errors.length === 0) return;
    // The library's message can quote the text, and that can be a secret; its code cannot.
    const list = this.#document.errors.map(({ code, pos }) => {
      return `  ${name}:${this.#lines.linePos(pos[0]).line}  ${code.toLowerCase().replaceAll("_", " ")}`;
    });
    throw new UserError(`${name} is not valid YAML.\n${list.join("\n")}`);
  }

  /** An alias hides what stands at a place, and its name can be a secret that was not quoted. */
  #refuseAliases(): void {
    visit(this.#document, {
      Alias: (_, { range }) => {
        const line = range ? this.#lines.linePos(range[0]).line : 1;
        throw new UserError(
          `${this.name}:${line}  has a YAML alias, a value that starts with *. Quote it, or write it out.`,
        );
      },
    });
  }

  /** The names of all keys below `config`, with their prefixes. */
  get keys(): readonly string[] {
    const config = this.#document.get("config");
    return isMap(config) ? config.items.map(({ key }) => String(isScalar(key) ? key.value : key)) : [];
  }

  /** The values of this program's keys, their prefix taken off. An encrypted value stays `{ secure: … }`. */
  values(): Record<string, unknown> {
    const { config } = (this.#document.toJS() ?? {}) as { config?: Record<string, unknown> };
    const own = Object.entries(config ?? {}).filter(([key]) => key.startsWith(PREFIX));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(PREFIX.length), this.#inner(key, value)]));
  }

  /** The line of a setting; where it is absent, that of the nearest setting around it. */
  line(path: Path, key?: string): number | undefined {
    if (key !== undefined) return this.#lineAt(["config", key]);
    for (let length = path.length; length >= 0; length--) {
      const line = this.#lineAt(this.#nodePath(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return undefined;
  }

  /** Whether a setting is written in this file as it is, and not encrypted. */
  isPlainText(path: Path): boolean {
    return isScalar(this.#document.getIn(this.#nodePath(path), true));
  }

  /** Whether a setting is encrypted in this file. */
  isEncrypted(path: Path): boolean {
    const node = this.#document.getIn(this.#nodePath(path), true);
    return isMap(node) && node.has("secure");
  }

  #inner(key: string, value: unknown): unknown {
    return this.#within.reduce<unknown>((at, step) => {
      if (typeof at === "object" && at !== null && step in at) return (at as Record<string, unknown>)[step];
      throw new UserError(
        `${this.name}:${this.line([], key)}  ${key} needs a map with ${step}: and its value below it.`,
      );
    }, value);
  }

  #nodePath([first, ...rest]: Path): (string | number)[] {
    return first === undefined ? ["config"] : ["config", `${PREFIX}${first}`, ...this.#within, ...rest];
  }

  #lineAt(keys: readonly (string | number)[]): number | undefined {
    const parent = this.#document.getIn(keys.slice(0, -1), true);
    const pair = isMap(parent) && parent.items.find(({ key }) => isScalar(key) && key.value === keys.at(-1));
    const node = pair ? pair.key : this.#document.getIn(keys, true);
    return isNode(node) && node.range ? this.#lines.linePos(node.range[0]).line : undefined;
  }
}

/** Reads Pulumi.<stack>.yaml of the project in `root`, and what Pulumi.yaml says for all stacks. */
export function readStackFile(
  root: string,
  stack: string,
): StackConfig & { readonly file: StackFile; readonly project: StackFile } {
  const path = stackFilePath(root, stack);
  const file = new StackFile(basename(path), readText(path, `There is no stack "${stack}"`));
  const project = readProject(root);
  return { stack, values: { ...project.values(), ...file.values() }, file, project };
}

/** Reads what Pulumi.yaml in `root` says for all stacks. */
export function readProject(root: string): StackFile {
  const name = "Pulumi.yaml";
  const text = readText(join(root, name), "This is no folder of a project");
  const file = new StackFile(name, text, ["default"]);
  // Pulumi would take it for the same key, and this program would not.
  const bare = file.keys.find((key) => !key.includes(":"));
  if (bare !== undefined)
    throw new UserError(
      `${name}:${file.line([], bare)}  ${bare} has no prefix. Write it as ${PREFIX}${bare}.`,
    );
  return file;
}

/** Where a stack's file is. */
export function stackFilePath(root: string, stack: string): string {
  return join(root, `Pulumi.${stack}.yaml`);
}

function readText(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new UserError(`${otherwise}: ${path} cannot be read (${reason}).`);
  }
}
