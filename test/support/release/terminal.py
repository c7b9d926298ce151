"""Runs a command at a terminal of its own, and answers each question: yes to those of yes or no, Enter to others.

With --ahead, it presses Enter before there is any question, and Ctrl-C at the first one.
"""

import os
import pty
import re
import sys

# A question as it is drawn, which it may be many times, or one that is answered: its mark, in colour or not, its text,
# and where the cursor goes then, which alone says that it is drawn in full.
DRAWN = re.compile(rb"(?:(\xe2\x9c\x94)|\?)(?:\x1b\[\d+m)? [^\n]*?\x1b\[\d+G")


def main() -> int:
    is_ahead = sys.argv[1] == "--ahead"
    words = sys.argv[2:] if is_ahead else sys.argv[1:]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(words[0], words)
    if is_ahead:
        os.write(terminal, b"\r" * 20)
    said = b""
    is_answered = False
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            # Linux says so when the other side is closed.
            break
        if not more:
            break
        sys.stdout.buffer.write(more)
        # What is killed for taking too long has said how far it came.
        sys.stdout.buffer.flush()
        said += more
        end = 0
        for drawn in DRAWN.finditer(said):
            end = drawn.end()
            if drawn[1]:
                is_answered = False
            elif not is_answered:
                # A second one would be taken for the answer to the next question, before that is asked.
                is_answered = True
                answer = b"y\r" if b"(y/N)" in drawn[0] else b"\r"
                os.write(terminal, b"\x03" if is_ahead else answer)
        said = said[end:]
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
