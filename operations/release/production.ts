import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { execa } from "execa";
import { isMap, parseDocument } from "yaml";
import { EnvironmentError, UserError } from "../../errors.ts";
import { WITHOUT_CALLERS_REPOSITORY } from "../../system/git-environment.ts";
import type { Deployment } from "../deployment/deployment.ts";
import type { Plan } from "../deployment/plan.ts";

export interface ProductionArgs {
  /** The folder of this project. */
  readonly root: string;
  /** The stack's file. */
  readonly file: string;
  /** How new images get in. */
  readonly policy: "follow" | "schedule" | "pinned";
  readonly deployment: Pick<Deployment, "plan" | "up">;
}

/** The stack of prod, as it is declared in this checkout. */
export class Production {
  readonly policy: ProductionArgs["policy"];
  readonly #args: ProductionArgs;

  constructor(args: ProductionArgs) {
    this.policy = args.policy;
    this.#args = args;
  }

  get file(): string {
    return basename(this.#args.file);
  }

  /** What `pulumi up` would do now. */
  plan(signal: AbortSignal): Promise<Plan> {
    return this.#args.deployment.plan(signal);
  }

  up(report: (line: string) => void, signal: AbortSignal): Promise<void> {
    return this.#args.deployment.up({ report, signal });
  }

  /** The digests that the stack's file names, by the images' keys. */
  pinned(): Readonly<Record<string, string>> {
    const images = parseDocument(readFileSync(this.#args.file, "utf8")).getIn(IMAGES);
    const pairs = isMap(images) ? images.items : [];
    return Object.fromEntries(
      pairs.flatMap(({ key, value }) => {
        const digest = /@(sha256:[0-9a-f]{64})$/.exec(String(value))?.[1];
        return digest === undefined ? [] : [[String(key), digest]];
      }),
    );
  }

  /** Whether the stack's file, as it is committed, names all of these images. */
  async isPinned(images: Readonly<Record<string, string>>): Promise<boolean> {
    const document = parseDocument(await this.#committed());
    return Object.entries(images).every(([key, image]) => document.getIn([...IMAGES, key]) === image);
  }

  /**
   * Names images in the stack's file, and commits that. The rest of the file stays as it is; a UserError if it has other
   * changes, which would be committed with it.
   */
  async pin(images: Readonly<Record<string, string>>, message: string): Promise<void> {
    const committed = await this.#committed();
    const document = parseDocument(committed);
    for (const [key, image] of Object.entries(images)) document.setIn([...IMAGES, key], image);
    const wanted = document.toString({ lineWidth: 0 });
    const now = readFileSync(this.#args.file, "utf8");
    // A run that was killed may have written it, and not committed it yet.
    if (now !== committed && now !== wanted)
      throw new UserError(
        `${this.file} has changes that are not committed. Commit or undo them, then go on.`,
      );
    writeFileSync(this.#args.file, wanted);
    const { failed, stderr } = await this.#git(["commit", "--quiet", "-m", message, "--", this.file]);
    if (failed) throw new EnvironmentError(`git cannot commit ${this.file}: ${stderr}`);
  }

  async #committed(): Promise<string> {
    const { stdout, failed, stderr } = await this.#git(["show", "--end-of-options", `HEAD:./${this.file}`]);
    if (failed) throw new EnvironmentError(`git cannot show ${this.file} as it is committed: ${stderr}`);
    return stdout;
  }

  async #git(words: readonly string[]) {
    const options = {
      cwd: this.#args.root,
      reject: false,
      stdin: "ignore",
      stripFinalNewline: false,
      env: WITHOUT_CALLERS_REPOSITORY,
    } as const;
    const { stdout, stderr, failed } = await execa("git", [...words], options);
    return { stdout: stdout ?? "", stderr: stderr ?? "", failed };
  }
}

const IMAGES = ["config", "packit:images"];
