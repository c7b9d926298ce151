import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { UserError } from "../errors.ts";

/** The prefix of this program's keys in a stack file: the project's name in Pulumi.yaml. */
export const PREFIX = "packit:";

/** The path of a setting below `config`, the prefix left out: `["workers", "longRunning", "replicas"]`. */
export type Path = readonly (string | number)[];

/** A stack's configuration: its values as plain data, and the file that they stand in, where one does. */
export interface StackConfig {
  readonly stack: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly file?: StackFile;
  /** The keys that hold something encrypted, where the engine has decrypted it. */
  readonly encryptedKeys?: readonly string[];
}

/** A parsed Pulumi.<stack>.yaml, which knows on what line each setting stands. */
export class StackFile {
  readonly name: string;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(name: string, text: string) {
    this.name = name;
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
    return Object.fromEntries(own.map(([key, value]) => [key.slice(PREFIX.length), value]));
  }

  /** The line of a setting; where it is absent, that of the nearest setting around it. */
  line(path: Path, key?: string): number | undefined {
    if (key !== undefined) return this.#lineAt(["config", key]);
    for (let length = path.length; length >= 0; length--) {
      const line = this.#lineAt(nodePath(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return undefined;
  }

  /** Whether a setting is written in this file as it is, and not encrypted. */
  isPlainText(path: Path): boolean {
    return isScalar(this.#document.getIn(nodePath(path), true));
  }

  /** Whether a setting is encrypted in this file. */
  isEncrypted(path: Path): boolean {
    const node = this.#document.getIn(nodePath(path), true);
    return isMap(node) && node.has("secure");
  }

  #lineAt(keys: readonly (string | number)[]): number | undefined {
    const parent = this.#document.getIn(keys.slice(0, -1), true);
    const pair = isMap(parent) && parent.items.find(({ key }) => isScalar(key) && key.value === keys.at(-1));
    const node = pair ? pair.key : this.#document.getIn(keys, true);
    return isNode(node) && node.range ? this.#lines.linePos(node.range[0]).line : undefined;
  }
}

/** Reads Pulumi.<stack>.yaml of the project in `root`. */
export function readStackFile(root: string, stack: string): StackConfig & { readonly file: StackFile } {
  const path = stackFilePath(root, stack);
  const file = new StackFile(basename(path), readText(path, stack));
  return { stack, values: file.values(), file };
}

/** Where a stack's file is. */
export function stackFilePath(root: string, stack: string): string {
  return join(root, `Pulumi.${stack}.yaml`);
}

function readText(path: string, stack: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new UserError(`There is no stack "${stack}": ${path} cannot be read (${reason}).`);
  }
}

function nodePath(path: Path): (string | number)[] {
  const [first, ...rest] = path;
  return first === undefined ? ["config"] : ["config", `${PREFIX}${first}`, ...rest];
}
