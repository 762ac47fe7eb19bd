"""One process at a time on a state directory: two would undo each other's generations of roles.

The lock is that of flock(2), on a file that stays: the kernel releases it however the holder ends,
so a file that is left behind bars nobody.
"""

import contextlib
import fcntl
import os
import weakref
from pathlib import Path

from imds_sim.kernel.errors import SimError

LOCK_FILE = "lock"


class StateInUse(SimError):
    """Another process, or another simulator of this one, holds the state directory."""

    exit_status = 69


class StateLock:
    """Holds `directory` from its making until `release`, its own end or that of the process."""

    def __init__(self, directory: Path) -> None:
        """Raises StateInUse, and OSError if the lock file cannot be made or written."""
        descriptor = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._closing = weakref.finalize(self, os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            holder = _holder(descriptor)
            self.release()
            raise StateInUse(
                f"{directory}: {holder} uses this state directory; stop it, or give this one a "
                "state_dir of its own"
            ) from None
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let others in. Once is enough, more does no harm."""
        self._closing()


def _holder(descriptor: int) -> str:
    """Who wrote the lock file last; it may be about to."""
    written = b""
    with contextlib.suppress(OSError):
        written = os.pread(descriptor, 32, 0).strip()
    return f"process {written.decode()}" if written.isdigit() else "another process"
