import { ops } from "./commands.ts";
import { run } from "./run.ts";
import { VERSION } from "./version.ts";

const words = process.argv.slice(2);
if (words[0] === "--version") process.stdout.write(`${VERSION}\n`);
else await run(ops, words);
