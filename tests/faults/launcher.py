"""Runs a command as the parent of everything that it leaves behind, and ends that too when told to.

    launcher.py group|alone COMMAND…

The program puts its children into process groups of their own, so a signal to one group would not reach
them: as a subreaper this process inherits them all and kills them (`group`), or leaves them alive (`alone`).
SIGTERM is an order to kill the command. Exits with the command's status, 137 when it was killed.
"""

import contextlib
import ctypes
import os
import pathlib
import signal
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36


def children(parent):
    for path in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            yield from map(int, path.read_text().split())


def kill_descendants(parent):
    for child in list(children(parent)):
        kill_descendants(child)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def end_everything():
    with contextlib.suppress(ChildProcessError):
        while True:
            kill_descendants(os.getpid())
            os.waitpid(-1, 0)


def main():
    mode, *command = sys.argv[1:]
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: child.kill())
    status = child.wait()
    if mode == "group":
        end_everything()
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
