import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { ROOT } from "./stacks.ts";

/** A command as a page tells to run it, with the words that the shell gives to the program. */
export interface Documented {
  readonly page: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Whether it stands in a block to be run; a text may speak of a command without all that it takes. */
  readonly isWhole: boolean;
}

/** The programs that pages run. Each is stood in for by one that writes down its arguments, and does nothing. */
export const PROGRAMS = [
  ...["./ops", "make", "npm", "pulumi", "oc", "kubectl", "gh"],
  ...["aws", "curl", "gunzip", "openssl", "psql", "sh", "skopeo"],
];

/** What is run as it is. */
const REAL = ["bash", "base64", "grep", "cat"];

/** The files that commands read. */
const FILES = ["fedora.keytab", "privkey.pem"];

/** All pages that tell to run something. */
export const PAGES = ["README.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)];

/** What the fenced blocks of a page, and the commands within its text, run; the shell itself takes them apart. */
export async function documented(page: string, answers: Answers = {}): Promise<Documented[]> {
  const text = readFileSync(join(ROOT, page), "utf8");
  const folder = mkdtempSync(join(tmpdir(), "packit-test-"));
  try {
    standIns(folder, answers);
    const commands: Documented[] = [];
    for (const [scripts, isWhole] of [[blocks(text), true] as const, [within(text), false] as const])
      for (const script of scripts)
        for (const words of await run(page, script, folder)) commands.push({ page, isWhole, ...words });
    return commands;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What stand-ins print, by the program and its arguments. */
export type Answers = Readonly<Record<string, string>>;

/** The blocks of a page for a shell. */
export function blocks(text: string): string[] {
  return [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, script = ""]) => script);
}

/** Commands within a page's text; what has an ellipsis, or ends with an option's name, is a part of one. */
function within(text: string): string[] {
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, "");
  const start = ["\\./ops", "pulumi", "oc", "kubectl"].join("|");
  const all = [...prose.matchAll(new RegExp(`\`((?:${start}) [^\`]+)\``, "g"))].map(([, one = ""]) =>
    one.replaceAll(/\s+/g, " "),
  );
  return all.filter((one) => !one.includes("…") && !/ --?[a-z-]+$/.test(one));
}

/** Has bash run a script with stand-ins alone. What it does not know, or cannot read, is an error. */
async function run(page: string, script: string, folder: string) {
  const log = join(folder, "log");
  writeFileSync(log, "");
  const env = { PATH: join(folder, "bin"), LOG: log, TOKEN: "token", HOME: folder };
  const options = { cwd: folder, env, extendEnv: false, reject: false } as const;
  const { stderr } = await execa("/bin/bash", ["-c", script], options);
  if (stderr !== "") throw new Error(`${page}: ${stderr}\n${script}`);
  return readFileSync(log, "utf8")
    .split("\u001e")
    .filter(Boolean)
    .map((record) => {
      const [program = "", ...args] = record.split("\u001f");
      return { program, args };
    });
}

function standIns(folder: string, answers: Answers): void {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const name of FILES) writeFileSync(join(folder, name), "");
  for (const name of PROGRAMS) {
    const file = name === "./ops" ? join(folder, "ops") : join(bin, name);
    const cases = Object.entries(answers)
      .filter(([command]) => command.startsWith(`${name} `))
      .map(([command, text]) => `'${command}') printf '%s' '${text}' ;;`);
    // A record in one write: the programs of a pipe write at once.
    const lines = [
      "#!/bin/bash",
      "IFS=$'\\x1f'",
      `record="${name}\${1+$IFS}$*"`,
      `printf '%s\\x1e' "$record" >> "$LOG"`,
      "IFS=' '",
      `case "${name} $*" in ${cases.join(" ")} *) ;; esac`,
    ];
    writeFileSync(file, lines.join("\n"));
    chmodSync(file, 0o755);
  }
  for (const name of REAL) {
    const path = ["/usr/bin", "/bin"].map((where) => join(where, name)).find(existsSync) ?? name;
    writeFileSync(join(bin, name), `#!/bin/bash\nexec ${path} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
}
