import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { triedIn } from "../../operations/egress/log.ts";
import { type Issued, issue } from "../support/certificates.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";
import { freePort } from "./server.ts";

const PROGRAM = join(ROOT, "operations/egress/egress-check.py");

interface Target {
  readonly host?: string;
  readonly port: number;
  readonly tls?: "checked" | "unchecked" | "none";
}

let ca: Issued;
let right: Issued;
const sockets = new Set<Socket>();
const servers: Server[] = [];

beforeAll(async () => {
  ca = await issue({ isCa: true });
  right = await issue({ hosts: ["localhost"], by: ca });
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

describe("egress-check.py, on this machine", () => {
  it.each<[string, () => Promise<Target>, string, RegExp]>([
    ["a server with the right certificate", async () => ({ port: await tls(right) }), "open", /^$/],
    ["a server without TLS", async () => ({ port: await serve(() => {}), tls: "none" }), "open", /^$/],
    [
      "a server of a CA of its own",
      async () => ({ port: await tls(await issue({ hosts: ["localhost"] })) }),
      "tls",
      /self.signed/,
    ],
    [
      "the same, whose CA is its own affair",
      async () => ({ port: await tls(await issue()), tls: "unchecked" }),
      "open",
      /^$/,
    ],
    [
      "a server with another one's certificate",
      async () => ({ port: await tls(await issue({ hosts: ["other"], by: ca })) }),
      "tls",
      /Hostname mismatch/,
    ],
    [
      "a server that speaks no TLS",
      async () => ({ port: await serve((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")) }),
      "tls",
      /SSL/,
    ],
    [
      "a port at which nothing listens",
      async () => ({ port: await freePort() }),
      "refused",
      /Connect call failed/,
    ],
    [
      "a server that never answers",
      async () => ({ port: await serve(() => {}) }),
      "timeout",
      /^no answer within 3 s of connecting/,
    ],
    [
      "a port that drops what comes",
      async () => ({ port: await deaf(), host: "127.0.0.1", tls: "none" }),
      "timeout",
      /^no answer within 3 s/,
    ],
    [
      "a server that breaks off",
      async () => ({ port: await serve((socket) => socket.once("data", () => socket.resetAndDestroy())) }),
      "reset",
      /TLS handshake/,
    ],
    [
      "a server that hangs up",
      async () => ({ port: await serve((socket) => socket.once("data", () => socket.end())) }),
      "reset",
      /TLS handshake/,
    ],
    ["a name that nobody has", async () => ({ host: "nobody.invalid", port: 443 }), "dns", /./],
    ["a name that cannot be one", async () => ({ host: `${"a".repeat(64)}.example`, port: 443 }), "dns", /./],
    [
      "a name service that does not answer",
      async () => ({ host: "slow.invalid", port: 443 }),
      "dns",
      /^no answer within 3 s of asking/,
    ],
  ])("says of %s what became of it", async (_, target, outcome, detail) => {
    const one = await target();
    const [tried] = await check([one]);
    expect(tried).toMatchObject({ outcome, port: one.port });
    expect(tried?.detail ?? "").toMatch(detail);
    expect(tried?.addresses.length === 0).toBe(outcome === "dns");
  });

  it("tries all at once, and says so by its last line and by no one before", async () => {
    const port = await serve(() => {});
    const good = await tls(right);
    // One after the other would take longer than a test may.
    const silent = Array.from({ length: 60 }, () => ({ port }));
    const text = await run([...silent, { port: good }, { host: "slow.invalid", port: 1 }]);
    expect(
      triedIn(text)
        ?.map(({ outcome }) => outcome)
        .toSorted(),
    ).toEqual(["dns", "open", ...silent.map(() => "timeout")]);
    for (const at of [0, 1, text.length / 2, text.length - 3])
      expect(triedIn(text.slice(0, at))).toBeUndefined();
    expect(triedIn(`a warning\n${text}`)).toEqual(triedIn(text));
  });

  it("reaches a host by whichever of its addresses answers", async () => {
    // It listens at 127.0.0.1; where the name leads to ::1 too, that refuses.
    const [tried] = await check([{ host: "both.invalid", port: await serve(() => {}), tls: "none" }]);
    expect(tried).toMatchObject({ outcome: "open", addresses: ["127.0.0.2", "127.0.0.1"] });
  });
});

async function check(targets: readonly Target[]) {
  return triedIn(await run(targets)) ?? [];
}

async function run(targets: readonly Target[]): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "ca.pem"), ca.cert);
  // Names that this machine's resolver does not know: one that takes long, and one with two addresses.
  writeFileSync(
    join(folder, "sitecustomize.py"),
    `import socket, time
real = socket.getaddrinfo
def fake(host, port, *args, **kwargs):
    if host == "slow.invalid":
        time.sleep(100)
    if host == "both.invalid":
        return [one for address in ("127.0.0.2", "127.0.0.1") for one in real(address, port, *args, **kwargs)]
    return real(host, port, *args, **kwargs)
socket.getaddrinfo = fake
`,
  );
  const all = targets.map(({ host = "localhost", port, tls = "checked" }) => ({ host, port, tls }));
  const env = { SSL_CERT_FILE: join(folder, "ca.pem"), PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await execa("python3", [PROGRAM, "3", JSON.stringify(all)], { env });
  return stdout;
}

function tls({ cert, key }: Issued): Promise<number> {
  const server = createTlsServer({ cert, key }, () => {});
  server.on("tlsClientError", () => {});
  return listening(server);
}

function serve(answer: (socket: Socket) => void): Promise<number> {
  return listening(createServer(answer));
}

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A port whose queue is full, so that the kernel drops whoever comes. Its process ends with its standard input. */
async function deaf(): Promise<number> {
  const text = `import socket, sys
server = socket.create_server(("127.0.0.1", 0), backlog=0)
clients = [socket.socket() for _ in range(3)]
for client in clients:
    client.setblocking(False)
    client.connect_ex(server.getsockname())
print(server.getsockname()[1], flush=True)
sys.stdin.read()
`;
  const child = execa("python3", ["-c", text], { reject: false });
  const end = () => child.stdin.end();
  sockets.add({ destroy: end } as unknown as Socket);
  const [line] = await new Promise<string[]>((resolve) =>
    child.stdout.once("data", (chunk) => resolve(String(chunk).split("\n"))),
  );
  return Number(line);
}
