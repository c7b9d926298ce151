import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { startMoto } from "./moto.ts";
import { checkNginx, startNginx } from "./nginx.ts";
import { postgres } from "./postgres.ts";
import { freePort } from "./server.ts";
import { missingOf, tool } from "./tools.ts";

const nginx = await tool("nginx");
const python = await tool("python");
const dump = await tool("pg_dump");
const psql = await tool("psql");
const server = await postgres();

describe.skipIf(nginx.missing)("nginx", () => {
  it("takes a right file, answers as it says, and refuses a wrong one", async () => {
    const prefix = temporaryFolder();
    const port = await freePort();
    const file = join(prefix, "nginx.conf");
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${name};`,
    );
    const site = `server { listen 127.0.0.1:${port}; access_log off; location / { return 200 "hello"; } }`;
    const conf = `pid nginx.pid; error_log stderr; events {} http { ${temporary.join(" ")} ${site} }`;
    writeFileSync(file, conf);
    expect(await checkNginx({ nginx, prefix, file })).toContain("test is successful");
    await startNginx({ nginx, prefix, file, port });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("hello");
    writeFileSync(file, conf.replace("return 200", "retrun 200"));
    await expect(checkNginx({ nginx, prefix, file })).rejects.toThrow(/unknown directive "retrun"/);
  });
});

describe.skipIf(missingOf(dump, psql) ?? server.missing)("PostgreSQL", () => {
  it("gives a new server what was dumped of an old one", async () => {
    const [from, to] = [await server.start(), await server.start()];
    await from.query("CREATE DATABASE packit");
    await from.query("CREATE TABLE builds (id int); INSERT INTO builds VALUES (1), (2)", "packit");
    const { stdout } = await dump.run([...from.connection, "--create", "--dbname", "packit"]);
    await psql.run([...to.connection, "--quiet", "--set=ON_ERROR_STOP=1"], { input: stdout });
    expect(await to.query("SELECT id FROM builds ORDER BY id", "packit")).toEqual(["1", "2"]);
  });
});

describe.skipIf(python.missing)("moto", () => {
  it("is S3 to boto3", async () => {
    const { env } = await startMoto(python);
    const script = `
import boto3
s3 = boto3.client("s3")
s3.create_bucket(Bucket="backups")
s3.put_object(Bucket="backups", Key="k", Body=b"hello")
print(s3.get_object(Bucket="backups", Key="k")["Body"].read().decode())
`;
    expect((await python.run(["-c", script], { env })).stdout).toBe("hello");
  });
});
