import { execa } from "execa";
import { z } from "zod";
import { EnvironmentError } from "../errors.ts";
import { REDACTED } from "../schema/secrets/sensitive.ts";
import type { Exec } from "./way.ts";

/** How long a plugin may take: a person may have to log in. */
const LIMIT_MS = 300_000;

const answer = z.object({
  status: z
    .object({
      token: z.string().min(1).nullish(),
      clientCertificateData: z.string().min(1).nullish(),
      clientKeyData: z.string().min(1).nullish(),
      expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
    })
    .refine(({ token, clientCertificateData }) => token || clientCertificateData),
});

export interface Given {
  readonly token?: string;
  readonly tls: { readonly cert?: string; readonly key?: string };
  /** When it ends, in milliseconds since 1970. */
  readonly expires: number;
}

/** Asks a kubeconfig's plugin for credentials. Its failure is an EnvironmentError in its own words, without them. */
export async function runPlugin(exec: Exec, user: string): Promise<Given> {
  const isAsked = exec.mayAsk && process.stdin.isTTY === true;
  const info = {
    apiVersion: exec.apiVersion,
    kind: "ExecCredential",
    spec: { interactive: isAsked, ...(exec.cluster && { cluster: exec.cluster }) },
  };
  const { stdout, stderr, failed, code, exitCode, timedOut } = await execa(exec.command, exec.args, {
    env: { ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    stdin: isAsked ? "inherit" : "ignore",
    stderr: isAsked ? ["inherit", "pipe"] : "pipe",
    timeout: LIMIT_MS,
    reject: false,
  });
  const failure = (why: string) =>
    new EnvironmentError(
      `The plugin ${exec.command}, which the kubeconfig names for the user "${user}", ${why} Log in again, or check it.`,
    );
  if (code === "ENOENT") {
    const hint = exec.installHint?.trim().split("\n")[0];
    throw failure(`is not there.${hint ? ` Its hint: ${hint}` : ""}`);
  }
  if (timedOut) throw failure(`has not ended after ${LIMIT_MS / 1000} s.`);
  if (failed)
    throw failure(`failed${exitCode === undefined ? "" : ` with ${exitCode}`}: ${lastWords(stderr)}`);
  const { data } = answer.safeParse(parsed(stdout));
  if (data === undefined) throw failure("did not answer with an ExecCredential.");
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp: end } = data.status;
  return {
    ...(token && { token }),
    tls: cert && key ? { cert, key } : {},
    expires: end ? Date.parse(end) : Number.POSITIVE_INFINITY,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What JSON.parse says quotes the text.
    return undefined;
  }
}

/** The last line, without anything long enough to be a credential. */
function lastWords(text: string): string {
  const line = text.trim().split("\n").at(-1)?.trim() || "it said nothing";
  return `${line.replace(/[\w+=.-]{20,}/g, REDACTED).replace(/[.!]?$/, ".")}`;
}
