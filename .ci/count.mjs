// Prints how many tests passed and failed. A check that failed outside any test counts as one failure.
import { existsSync, readFileSync } from "node:fs";

const [file, status] = process.argv.slice(2);
const results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = results;
const failed = status === "0" ? numFailedTests : Math.max(numFailedTests, 1);
process.stdout.write(
  `${numPassedTests} passed, ${failed} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ""}\n`,
);
