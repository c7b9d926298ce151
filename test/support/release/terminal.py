"""Runs a command at a terminal of its own, and answers each question with Enter."""

import os
import pty
import re
import sys

QUESTION = re.compile(rb"\?\x1b\[22m [^\n]*\)\x1b\[22m")


def main() -> int:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    said = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            # Linux says so when the other side is closed.
            break
        if not more:
            break
        sys.stdout.buffer.write(more)
        said += more
        # A question is drawn more than once; what comes after its answer has no such end.
        if QUESTION.search(said):
            os.write(terminal, b"\r")
            said = b""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
