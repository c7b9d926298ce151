import { explain } from "../errors.ts";
import { describeSystemError, systemError } from "../system/system-error.ts";

/**
 * Sees to what goes wrong outside a command's own course. Who reads the output, as `head` does, may have read enough: that
 * is no failure. Output that cannot be written, as onto a full disk, and whatever else nobody awaits end with 1.
 */
export function guardOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    const system = systemError(error);
    fail(system ? describeSystemError({ ...system, path: "The output" }) : explain(error));
  });
  // There is nowhere to tell it, and no reason to stop.
  process.stderr.on("error", () => {});
  process.on("uncaughtException", (error) => fail(explain(error)));
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
