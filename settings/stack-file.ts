import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Document, isMap, isNode, isScalar, type LineCounter } from "yaml";
import { UserError } from "../errors.ts";
import { type Path, PREFIX } from "./path.ts";
import { type FileForm, PROJECT_FORM, refuseOtherForm, STACK_FORM } from "./stack-form.ts";
import { knownStacks } from "./stacks.ts";
import { parseYaml } from "./yaml-document.ts";

export { type Path, PREFIX };

/** A stack's configuration: its values as plain data, and the files that they stand in, where they do. */
export interface StackConfig {
  readonly stack: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly file?: StackFile;
  /** What its values come from, in words, where that is no file that is known. */
  readonly origin?: string;
  /** What all stacks share. */
  readonly project?: StackFile;
  /** The project's other stacks, as far as their files can be read. */
  readonly others?: readonly StackConfig[];
  /** The keys that hold something encrypted, where the engine has decrypted it. */
  readonly encryptedKeys?: readonly string[];
}

/** A parsed Pulumi.<stack>.yaml or Pulumi.yaml, which knows on what line each setting stands. */
export class StackFile {
  readonly name: string;
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #within: readonly string[];

  /** @param content Its text, or its bytes as they are read. */
  constructor(name: string, content: string | Uint8Array, form: FileForm = STACK_FORM) {
    const { document, lines } = parseYaml(name, content);
    this.name = name;
    this.#within = form.within;
    this.#document = document;
    this.#lines = lines;
    refuseOtherForm(form, document.contents, (text, node) => {
      return `${name}:${node?.range ? lines.linePos(node.range[0]).line : 1}  ${text}`;
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
    return Object.fromEntries(own.map(([key, value]) => [key.slice(PREFIX.length), this.#inner(value)]));
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
    return isMap(node) && node.items.length === 1 && typeof node.get("secure") === "string";
  }

  #inner(value: unknown): unknown {
    // That the steps are there is a part of the file's form.
    return this.#within.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], value);
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

/** Reads Pulumi.<stack>.yaml of the project in `root`, what Pulumi.yaml says for all stacks, and the other stacks. */
export function readStackFile(
  root: string,
  stack: string,
): StackConfig & Required<Pick<StackConfig, "file" | "project" | "others">> {
  const project = readProject(root);
  const others = knownStacks(root).filter((name) => name !== stack);
  return {
    ...readOne(root, stack, project),
    project,
    others: others.flatMap((name) => readable(root, name, project)),
  };
}

function readOne(root: string, stack: string, project: StackFile) {
  const path = stackFilePath(root, stack);
  const file = new StackFile(basename(path), readBytes(path, `There is no stack "${stack}"`));
  return { stack, values: { ...project.values(), ...file.values() }, file };
}

/** All stacks of the project in `root`, as far as their files can be read. */
export function readStacks(root: string): StackConfig[] {
  const project = readProject(root);
  return knownStacks(root).flatMap((name) => readable(root, name, project));
}

/** Another stack, unless its file is wrong: that is for those to hear who work with it. */
function readable(root: string, stack: string, project: StackFile): StackConfig[] {
  try {
    return [readOne(root, stack, project)];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** Reads what Pulumi.yaml in `root` says for all stacks. */
export function readProject(root: string): StackFile {
  const name = "Pulumi.yaml";
  return new StackFile(name, readBytes(join(root, name), "This is no folder of a project"), PROJECT_FORM);
}

/** Where a stack's file is. */
export function stackFilePath(root: string, stack: string): string {
  return join(root, `Pulumi.${stack}.yaml`);
}

function readBytes(path: string, otherwise: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new UserError(`${otherwise}: ${path} cannot be read (${reason}).`);
  }
}
