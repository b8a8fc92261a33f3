"""The command `onroll`. You can also run it as `python -m onroll`. It is written in Rust, and is the same in every
package.

It exits with 0 if it succeeds, 1 if a roster or a plan is refused, and 2 if it could not run.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ._onroll import run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command with `arguments`, and returns its exit code. The default is the command line's arguments."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    with _ended_by_ctrl_c():
        return run_command(list(sys.argv[1:] if arguments is None else arguments))


@contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """Lets Ctrl-C end the process at once, as with other commands. Otherwise Python would handle the signal only after
    the command returns.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
