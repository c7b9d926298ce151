// Loaded into a command before all else: ends it with SIGKILL at a line of its journal.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { writeSync } = fs;
const { KILL_LINE = "", KILL_MATCH = "", KILL_WHEN = "after" } = process.env;
let lines = 0;

fs.writeSync = (file, text, ...rest) => {
  const isEntry = Buffer.isBuffer(text) && text.indexOf('{"at":') === 0;
  const isMeant = isEntry && (KILL_MATCH === "" ? String(++lines) === KILL_LINE : text.includes(KILL_MATCH));
  if (!isMeant) return writeSync(file, text, ...rest);
  if (KILL_WHEN === "torn") writeSync(file, text, 0, Math.floor(text.length / 2));
  if (KILL_WHEN === "after") writeSync(file, text, ...rest);
  process.kill(process.pid, "SIGKILL");
  return 0;
};
syncBuiltinESMExports();
