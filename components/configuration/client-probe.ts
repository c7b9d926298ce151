import type { Mount } from "../../kubernetes/container.ts";
import { program } from "../../kubernetes/program.ts";
import type { Credentials } from "./credentials.ts";

/**
 * What the kubelet asks of PostgreSQL's clients. They keep sessions that they never test, and fail for ever, though
 * they answer, once the server behind these is another one.
 *
 * - `client.py started SECONDS`: whether the pod's Celery worker answers within so many seconds;
 * - `client.py worker COMPONENT SECONDS`: the same of one that has answered before, unless its broker is away;
 * - `client.py api COMPONENT PORT`: whether something listens at the port.
 *
 * The latter two fail too where PostgreSQL started after the container, and it is this pod's turn: a lease in Valkey
 * keeps it to one pod of a component at a time, until that one is back. A store that is away is no client's fault. All
 * else that it needs to know is in the environment that the client itself is told, so that no password is an argument.
 */
export const CLIENT_PROBE = program(import.meta.dirname, "client-probe.py");

/** Where pods find it, as client.py. */
const DIRECTORY = "/probes";

/** A probe that runs client.py with some arguments; it is started by a Python that may have to wait for its processor. */
export function clientProbe(args: readonly (string | number)[], timeoutSeconds: number) {
  const command = ["python3", `${DIRECTORY}/client.py`, ...args.map(String)];
  return { exec: { command }, timeoutSeconds };
}

/** Where a pod finds client.py. */
export function clientProbeMount({ probes }: Credentials): Mount {
  const from = { files: [probes.pick("client.py")] };
  return { name: "probes", path: DIRECTORY, readOnly: true, from };
}
