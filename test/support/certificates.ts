import { generate } from "selfsigned";

/** A certificate with its key, both in PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface IssueArgs {
  readonly hosts?: readonly string[];
  /** Its subject, which browsers do not read. @default - one of its own */
  readonly subject?: string;
  /** Who issues it. @default - itself */
  readonly by?: Issued;
  readonly isCa?: boolean;
  readonly from?: string;
  readonly until?: string;
  /** Whether it is for clients alone. */
  readonly isForClients?: boolean;
}

let serial = 0;

/** Makes a certificate of a name of its own. */
export async function issue(args: IssueArgs = {}): Promise<Issued> {
  const {
    hosts = [],
    subject = `test ${serial++}`,
    by,
    isCa = false,
    from = "2026-01-01",
    until = "2099-01-01",
    isForClients = false,
  } = args;
  const { cert, private: key } = await generate([{ name: "commonName", value: subject }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(`${from}T00:00:00Z`),
    notAfterDate: new Date(`${until}T00:00:00Z`),
    ...(by && { ca: by }),
    extensions: [
      { name: "basicConstraints", cA: isCa },
      ...(isForClients ? [{ name: "extKeyUsage", clientAuth: true } as const] : []),
      ...(hosts.length > 0
        ? [{ name: "subjectAltName", altNames: hosts.map((value) => ({ type: 2, value }) as const) } as const]
        : []),
    ],
  });
  return { cert: text(cert), key: text(key) };
}

function text(pem: string): string {
  return `${pem.trim().replaceAll("\r", "")}\n`;
}
