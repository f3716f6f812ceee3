"""Processes that end when they should, and leave nothing behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
SECONDS_TO_END = 10


def end_with_parent():
    """For `preexec_fn`: on Linux the kernel ends this process when its parent dies, however."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end_like_ctrl_c(*signals):
    """Let these signals raise KeyboardInterrupt, so that `finally` and `with` see to the rest."""
    for number in signals:
        signal.signal(number, signal.default_int_handler)


@contextlib.contextmanager
def started(command, **options):
    """A process, with all that it starts in turn, ended on the way out."""
    process = subprocess.Popen(
        command, start_new_session=True, preexec_fn=end_with_parent, **options
    )
    try:
        yield process
    finally:
        end(process)


def end(process):
    """Ask a process to end; after a while, insist."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=SECONDS_TO_END)
    # Whatever it has started in turn is in its group, and may still be there.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
