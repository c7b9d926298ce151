import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { constants } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnvironmentError, explain, knownError, UserError } from "../../errors.ts";
import { temporaryFolder } from "../support/folder.ts";

/** What a call in a folder that holds a file `file` and a folder `folder/full` fails with. */
async function failure(call: (at: (name: string) => string) => unknown): Promise<unknown> {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  mkdirSync(at("folder/full"), { recursive: true });
  writeFileSync(at("file"), "");
  symlinkSync("loop", at("loop"));
  try {
    await call(at);
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe("an error of the system", () => {
  it.each<[string, (at: (name: string) => string) => unknown, RegExp]>([
    [
      "a file that is not there",
      (at) => readFileSync(at("no/file")),
      /no\/file cannot be opened: .*\(ENOENT\)\. Check the path/,
    ],
    [
      "a folder in place of a file",
      (at) => writeFileSync(at("folder"), ""),
      /folder cannot be opened: it is a folder/,
    ],
    ["a folder that is read", (at) => readFileSync(at("folder")), /^A file cannot be read: it is a folder/],
    [
      "a file in place of a folder",
      (at) => readdirSync(at("file")),
      /file cannot be listed: .* not a folder/,
    ],
    ["a folder below a file", (at) => mkdirSync(at("file/x")), /file\/x cannot be made: .* not a folder/],
    [
      "a folder that is full",
      (at) => rmdirSync(at("folder")),
      /cannot be removed: .*ENOTEMPTY\)\. Move away/,
    ],
    [
      "a folder that is removed as a file",
      (at) => rmSync(at("folder")),
      /folder cannot be removed: it is a folder/,
    ],
    [
      "a disk that is full",
      () => writeFileSync("/dev/full", "x"),
      /^A file cannot be written: no space .*Make room/,
    ],
    ["a place where nothing can be made", () => mkdirSync("/proc/x"), /^\/proc\/x cannot be made/],
    ["links that lead nowhere", (at) => readFileSync(at("loop")), /loop cannot be opened: .*ELOOP/],
    ["a name that is too long", (at) => mkdirSync(at("x".repeat(300))), /cannot be made: .*ENAMETOOLONG/],
    ["two places", (at) => renameSync(at("file"), at("no/x")), /file to .*no\/x cannot be renamed/],
    ["a copy", (at) => copyFileSync(at("file"), at("no/x")), /file to .*no\/x cannot be copied/],
    ["a name with a line break", (at) => readFileSync(at("a\nb")), /^"[^\n]*a\\nb" cannot be opened/],
    [
      "a program that is not there",
      () => execa("no-such-program"),
      /^`no-such-program` cannot be started: .*on PATH/,
    ],
    [
      "a program by other means",
      () => execFileSync("no-such-program"),
      /^`no-such-program` cannot be started/,
    ],
    ["a program that is none", (at) => execa(at("file")), /file` cannot be started: permission denied/],
    [
      "a folder to start it in",
      (at) => execa("true", [], { cwd: at("no") }),
      /no is no folder to start a program in/,
    ],
    [
      "a program that fails",
      () => execa("sh", ["-c", "echo why >&2; exit 3"]),
      /^Command failed with exit code 3.*\nIt said:\nwhy$/,
    ],
    [
      "a server below another error",
      async () => fetch(await freeAddress()),
      /^127\.0\.0\.1:\d+ cannot be reached/,
    ],
    [
      "a closed port",
      () => once(createConnection(9, "127.0.0.1"), "x"),
      /^127\.0\.0\.1:9 cannot be reached: connection refused/,
    ],
    ["a port that is taken", () => listenTwice(), /cannot be listened on: .*EADDRINUSE/],
  ])("is told in one line: %s", async (_, call, expected) => {
    const error = await failure(call);
    expect(explain(error)).toMatch(expected);
    expect(explain(error)).not.toContain("a bug in this project");
    expect(knownError(error)).toBeInstanceOf(EnvironmentError);
  });

  it("is known whatever its code and call, and however deep it stands in causes and among others of its kind", () => {
    fc.assert(
      fc.property(systemErrors, wrappings, (error, wrap) => {
        const said = explain(wrap(error));
        expect(said.split("\n")).toHaveLength(1);
        expect(said).toContain(`(${error.code}). `);
        expect(said).not.toMatch(/undefined|bug|\.\./);
      }),
    );
  });
});

describe("a bug", () => {
  it("stays one, with its stack, whatever stands in or beside it", () => {
    const bugs = fc.constantFrom(
      new TypeError("x is not a function"),
      Object.assign(new Error("no"), { code: "ERR_INVALID_ARG_TYPE" }),
      system("EBADF", "close"),
      new AggregateError([new Error("inner"), system("ENOENT", "open")], "two"),
      cyclic(),
    );
    fc.assert(
      fc.property(bugs, wrappings, (error, wrap) => {
        expect(explain(wrap(error))).toMatch(/^This is a bug in this project(.|\n)*\n\s+at /);
      }),
    );
  });

  it("is no word that is thrown", () => {
    for (const thrown of ["text", undefined, null, 7]) expect(explain(thrown)).toContain(String(thrown));
  });
});

describe("what was done wrong", () => {
  it("is found below what came of it", () => {
    const error = new Error("failed", { cause: new UserError("Name a stack.") });
    expect(explain(error)).toBe("Name a stack.");
    expect(knownError(error)).toBeInstanceOf(UserError);
  });
});

const CODES = Object.entries(constants.errno).filter(
  ([code]) => !["EBADF", "EFAULT", "ENOTSOCK", "ESRCH", "ECHILD"].includes(code),
);

const systemErrors = fc
  .record({
    code: fc.constantFrom(...CODES),
    syscall: fc.constantFrom("open", "read", "mkdir", "fstat", "spawn x", "connect", "epoll_wait"),
    path: fc.option(fc.constantFrom("/a", "/a\nb"), { nil: undefined }),
  })
  .map(({ code: [code], syscall, path }) => system(code, syscall, path));

const wrappings = fc
  .array(
    fc.constantFrom<(error: unknown) => unknown>(
      (cause) => new Error("outer", { cause }),
      (cause) => new TypeError("fetch failed", { cause }),
      (error) => new AggregateError([error, error], "several"),
    ),
    { maxLength: 4 },
  )
  .map((all) => (error: unknown) => all.reduce((inner, wrap) => wrap(inner), error));

function system(code: string, syscall: string, path?: string) {
  const errno = -((constants.errno as Record<string, number>)[code] ?? 0);
  return Object.assign(new Error(`${code}: …, ${syscall}`), { code, errno, syscall, ...(path && { path }) });
}

function cyclic(): Error {
  const error = new Error("round");
  error.cause = new Error("and round", { cause: error });
  return error;
}

/** Where nobody listens. */
async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return `http://127.0.0.1:${port}/`;
}

async function listenTwice(): Promise<void> {
  const first = createServer().listen(0, "127.0.0.1");
  await once(first, "listening");
  const { port } = first.address() as AddressInfo;
  try {
    await once(createServer().listen(port, "127.0.0.1"), "listening");
  } finally {
    first.close();
  }
}
