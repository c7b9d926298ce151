import { describe, expect, it } from "vitest";
import { postgresConf } from "../../components/postgres/postgres-conf.ts";
import { postgres } from "./postgres.ts";

const server = await postgres();

describe.skipIf(server.missing)("packit.conf, to PostgreSQL", () => {
  it("says what each of its lines says", async () => {
    const { query } = await server.start({ "packit.conf": postgresConf() });
    const lines = postgresConf().trim().split("\n");
    const names = lines.map((line) => line.split(" = ")[0] ?? "");
    const shown = await Promise.all(names.map(async (name) => `${name} = ${await query(`SHOW ${name}`)}`));
    expect(shown).toEqual(lines);
    // None of them is overridden or waits for a restart.
    expect(await query("SELECT name FROM pg_file_settings WHERE error IS NOT NULL")).toEqual([]);
    const applied = await query(
      "SELECT name FROM pg_file_settings WHERE applied AND sourcefile LIKE '%/packit.conf' ORDER BY 1",
    );
    expect(applied).toEqual(names.toSorted());
  });

  it("is refused with a line that PostgreSQL does not know", async () => {
    const conf = `${postgresConf()}no_such_setting = 1\n`;
    await expect(server.start({ "packit.conf": conf })).rejects.toThrow(/no_such_setting/);
  });
});
