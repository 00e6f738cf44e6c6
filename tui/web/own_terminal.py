"""`python -m tui.web.own_terminal …`: the program, with the terminal that it was given as its controlling one."""

from __future__ import annotations

import fcntl
import os
import sys
import termios


def main() -> None:
    """Take the terminal on standard input, so that its end is a hangup, and become the program."""
    fcntl.ioctl(sys.stdin.fileno(), termios.TIOCSCTTY, 0)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "tui", *sys.argv[1:]])


if __name__ == "__main__":
    main()
