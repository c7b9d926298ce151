import { closeSync, constants, openSync, readSync } from "node:fs";

/**
 * Forgets what was typed at the terminal before anybody was asked: it is no answer. Lines that were typed wait in the
 * terminal itself until somebody reads it.
 */
export function forgetTypedAhead(): void {
  const { stdin } = process;
  // By character: else what was typed without an Enter would stay.
  stdin.setRawMode(true);
  try {
    const terminal = openSync("/dev/tty", constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      while (readSync(terminal, Buffer.alloc(4096)) > 0);
    } finally {
      closeSync(terminal);
    }
  } catch {
    // That there is nothing more to read is an error (EAGAIN), and so is that this terminal has no such name.
  } finally {
    stdin.setRawMode(false);
  }
}
