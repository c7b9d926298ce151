import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { parse } from "yaml";
import { foreignProgram } from "../../operations/test-instances/foreign-program.ts";
import { type Evaluation, ownProgram } from "../../operations/test-instances/program.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Limits } from "../../system/confined.ts";
import type { Anything } from "../support/anything.ts";
import { evaluationOf } from "../support/evaluation.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MARK, markedSecrets } from "../support/marks.ts";
import { ROOT } from "../support/stacks.ts";

const SHA = "0123456789".repeat(4);

describe("a program of somebody else's", () => {
  it.each([
    "openshift",
    "kubernetes",
  ])("declares what it would with the secrets at hand, on %s", async (platform) => {
    const evaluation = await evaluationOf({ platform, secrets: markedSecrets() });
    const [foreign, own] = await Promise.all([evaluated(evaluation), ownProgram(ROOT).objects(evaluation)]);
    expect(foreign.map(withoutDigests)).toEqual(own.map(withoutDigests));
  });

  it("has each secret quoted where it must be, and made where it was not given", async () => {
    const webhookSecret = `it's "one": #{2} \\ {{ three }}`;
    const objects = await evaluated(await evaluationOf({ secrets: { webhookSecret } }));
    expect(parse(textIn(objects, "packit-config", "packit-service.yaml")).webhook_secret).toBe(webhookSecret);
    expect(textIn(objects, "postgres-secret", "database-password")).toMatch(/^[A-Za-z0-9]{32}$/);
    const values = objects.flatMap(({ kind, data }) =>
      kind === "Secret" ? Object.values(data as object) : [],
    );
    expect(values.map((value) => `${value} ${Buffer.from(value, "base64")}`).join()).not.toMatch(
      /secret-[0-9a-f]{32}/,
    );
    const again = await evaluated(await evaluationOf({ secrets: { webhookSecret: "another" } }));
    const rolled = (all: readonly KubernetesObject[]) =>
      all.flatMap(({ metadata, spec }: Anything) => {
        const { annotations = {} } = spec?.template?.metadata ?? {};
        return [`${metadata.name} ${annotations["packit.dev/files"]}`];
      });
    const changed = rolled(again).filter((one) => !rolled(objects).includes(one));
    // What reads the changed secret is rolled, and what does not is left as it is.
    expect(changed.join()).toContain("packit-service ");
    expect(changed.join()).not.toContain("postgres-15");
  });
});

describe("a hostile program", () => {
  /** What it does, in place of an evaluation, and what is said of it. */
  const TRIES: readonly (readonly [what: string, code: string, said: RegExp])[] = [
    ["reads the environment", "throw Error(JSON.stringify(process.env))", /: \{"HOME":"\/"\}$/],
    ["reads a file of the user", "fs.readFileSync(KUBECONFIG)", /Access to this API has been restricted/],
    [
      "lists the folder around its own",
      "fs.readdirSync(FOLDER + '/..')",
      /Access to this API has been restricted/,
    ],
    [
      "follows a link out of its folder",
      "throw Error(fs.readFileSync(FOLDER + '/link'))",
      /no such file|restricted/,
    ],
    [
      "reads its parent's environment",
      "fs.readFileSync('/proc/' + process.ppid + '/environ')",
      /has been restricted/,
    ],
    ["writes", "fs.writeFileSync(FOLDER + '/written', 'x')", /has been restricted/],
    [
      "starts a program",
      "(await import('node:child_process')).execFileSync('/usr/bin/id')",
      /has been restricted/,
    ],
    [
      "starts a worker",
      "new (await import('node:worker_threads')).Worker('1', { eval: true })",
      /has been restricted/,
    ],
    ["loads native code", "process.dlopen({ exports: {} }, '/usr/lib/x.node')", /Cannot load native addon/],
    ["opens its debugger", "(await import('node:inspector')).open(0)", /restricted|not permitted/],
    [
      "connects to this machine",
      "await connected({ port: PORT, host: '127.0.0.1' })",
      /ENETUNREACH|ECONNREFUSED|restricted/,
    ],
    ["connects to a socket", "await connected({ path: SOCKET })", /ENOENT|restricted/],
    ["never ends", "for (;;);", /: it does not end\.$/],
    ["waits for ever", "await new Promise(() => setInterval(() => {}, 1000))", /: it does not end\.$/],
    [
      "fills its heap",
      "const all = []; for (;;) all.push(Array(1e6).fill(all.length))",
      /before it handed anything over: /,
    ],
    [
      "fills its memory",
      "const all = []; for (;;) all.push(Buffer.alloc(5e7, 1))",
      /allocate memory|allocation failed|before it handed anything over: /,
    ],
    ["ends", "process.exit(0)", /before it handed anything over: it says nothing$/],
    ["hands over nonsense", "hand('nonsense')", /something else than objects/],
    ["hands over a number", "hand('1')", /something else than objects/],
    ["hands over twice", "hand('{\"objects\":[]}'); return []", /something else than objects/],
    [
      "hands over a gigabyte",
      "for (let i = 0; i < 1000; i++) hand('x'.repeat(1e6))",
      /hands over more than a stack can be/,
    ],
    [
      "says a gigabyte",
      "for (const one of [process.stdout, process.stderr]) for (let i = 0; i < 10; i++) await new Promise((done) => one.write('x'.repeat(5e7), done)); process.exit()",
      /before it handed anything over: x+$|it does not end\.$/,
    ],
    [
      "hands over a prototype",
      `hand('{"objects":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"__proto__":{"polluted":true}}]}')`,
      /something else than objects/,
    ],
    [
      "hands over a tree without end",
      "hand('{\"objects\":' + '['.repeat(1e6))",
      /something else than objects/,
    ],
    [
      "hands over a deep object",
      `return [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: ${'{"a":'.repeat(60)}1${"}".repeat(60)} }]`,
      /more than 40 levels deep/,
    ],
    [
      "has an owner for its objects",
      `return [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", ownerReferences: [] } }]`,
      /something else than objects \(objects\.0\.metadata\)/,
    ],
    [
      "names a path",
      `return [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "../../b" } }]`,
      /something else than objects \(objects\.0\.metadata\.name\)/,
    ],
    ["writes to the terminal", "throw Error('\\u001b[2Jgone\\r')", /: \[2Jgone$/],
    [
      "gives a secret away in a ConfigMap",
      "return [found('ConfigMap', words.sshPrivateKey)]",
      /puts secrets where they may not be: ConfigMap packit-test-one\/a\./,
    ],
    [
      "gives a secret away in a label",
      "return [{ ...found('Secret', ''), metadata: { name: 'a', labels: { a: words.keytab } } }]",
      /puts secrets where they may not be: Secret a\./,
    ],
    [
      "gives a secret to the sandbox",
      "return [found('Secret', words.keytab, 'packit-test-one-sandbox')]",
      /puts secrets where they may not be/,
    ],
    ["repeats a secret", "return [found('Secret', btoa(words.keytab.repeat(1e5)))]", /it repeats secrets$/],
  ];

  /** Those that are ended by the time they may take, whatever that is. */
  const ENDLESS = ["never ends", "waits for ever"];

  // It is the same each time, and takes long to make: it has keys.
  let evaluation: Evaluation;
  beforeAll(async () => {
    evaluation = await evaluationOf({ secrets: markedSecrets() });
  });

  it.each(TRIES)("that %s is refused", async (what, code, said) => {
    vi.stubEnv("GITHUB_TOKEN", MARK);
    onTestFinished(() => void vi.unstubAllEnvs());
    const around = temporaryFolder();
    writeFileSync(join(around, "kubeconfig"), MARK);
    const { server, port, connections } = await listening();
    const socket = await listening(join(around, "socket"));
    const folder = hostile(join(around, "program"), code, {
      KUBECONFIG: join(around, "kubeconfig"),
      FOLDER: join(around, "program"),
      SOCKET: join(around, "socket"),
      PORT: port,
    });
    symlinkSync(join(around, "kubeconfig"), join(folder, "link"));
    const limits = { seconds: ENDLESS.includes(what) ? 2 : 5, memoryMegabytes: 128 };
    const error = await evaluated(evaluation, { folder, limits }).then(
      (objects) => JSON.stringify(objects),
      (cause) => cause,
    );
    expect(error).toMatchObject({
      name: "UserError",
      message: expect.stringMatching(/^The program of commit 0123456 cannot be deployed: /),
    });
    expect(error.message).toMatch(said);
    expect(error.message).not.toContain(MARK);
    expect([connections(), socket.connections()]).toEqual([0, 0]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    for (const one of [server, socket.server]) one.close();
  });
});

interface Given {
  readonly folder?: string;
  readonly limits?: Partial<Limits>;
}

function evaluated(
  evaluation: Evaluation,
  { folder = ROOT, limits = {} }: Given = {},
): Promise<KubernetesObject[]> {
  return foreignProgram({ folder, sha: SHA, report: () => {}, limits }).objects(evaluation);
}

/** A program of the form that this project's has, which does something else. */
function hostile(folder: string, code: string, constants: object): string {
  const names = Object.entries(constants).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`);
  const files = {
    "settings/load.ts": "export const loadSettings = (config, source) => ({ config, source });",
    "render/generated.ts": "export const generatedFrom = () => () => 'x';",
    "render/evaluate.ts": `
      import fs from "node:fs";
      import net from "node:net";
      ${names.join("\n")}
      const hand = (text) => { for (let left = Buffer.from(text); left.length; left = left.subarray(fs.writeSync(3, left))); };
      const connected = (where) => new Promise((resolve, reject) => net.connect(where, resolve).on("error", reject));
      const found = (kind, value, namespace = "packit-test-one") => ({ apiVersion: "v1", kind, metadata: { name: "a", namespace }, data: { value } });
      export async function evaluate({ config: { values: { secrets: words } } }) { ${code}; }
    `,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(folder, "node_modules"));
  return folder;
}

/** A server that counts who comes. */
async function listening(path?: string) {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(path ?? { port: 0, host: "127.0.0.1" }, resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { server, port, connections: () => count };
}

/** What follows from keys and words that differ between the two ways, and a hash with a salt. */
function withoutDigests(object: KubernetesObject): unknown {
  if (object.metadata.name === "flower-htpasswd") return object.metadata;
  return JSON.parse(
    JSON.stringify(object)
      .replaceAll(/"packit.dev\/(files|database)":"[0-9a-f]+"/g, '"packit.dev/$1":""')
      .replaceAll(/-[0-9a-f]{8}"/g, '"'),
  );
}

function textIn(objects: readonly Anything[], name: string, key: string): string {
  const secret = objects.find(({ kind, metadata }) => kind === "Secret" && metadata.name === name);
  return Buffer.from(secret.data[key], "base64").toString();
}
