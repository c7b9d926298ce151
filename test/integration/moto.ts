import { freePort, type ServerArgs, startServer } from "./server.ts";
import type { Tool } from "./tools.ts";

export interface Moto {
  readonly url: string;
  /** What makes boto3 take it for AWS. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts moto's server, a stand-in for S3 with nothing in it, for the test that runs, or until `atEnd` stops it. */
export async function startMoto(python: Tool, { atEnd }: Pick<ServerArgs, "atEnd"> = {}): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await startServer({
    command: python.command(["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)]),
    ready: async () => (await fetch(`${url}/moto-api/`)).ok,
    ...(atEnd === undefined ? {} : { atEnd }),
  });
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "key",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  return { url, env };
}
