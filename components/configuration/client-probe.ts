import type { Mount } from "../../kubernetes/container.ts";
import { CLIENT_PROBE_DIRECTORY } from "./client-probe-script.ts";
import type { Credentials } from "./credentials.ts";

/** A probe that runs client.py with some arguments; it is started by a Python that may have to wait for its processor. */
export function clientProbe(args: readonly (string | number)[], timeoutSeconds: number) {
  const command = ["python3", `${CLIENT_PROBE_DIRECTORY}/client.py`, ...args.map(String)];
  return { exec: { command }, timeoutSeconds };
}

/** Where a pod finds client.py. */
export function clientProbeMount({ probes }: Credentials): Mount {
  const from = { files: [probes.pick("client.py")] };
  return { name: "probes", path: CLIENT_PROBE_DIRECTORY, readOnly: true, from };
}
