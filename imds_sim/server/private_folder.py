"""A folder that only this user can open, for as long as it is used."""

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp


@contextmanager
def private_folder() -> Iterator[Path]:
    """Removed with what is in it on leaving, and at the latest when the process ends.

    A child that was forked meanwhile ends without touching it, which `TemporaryDirectory` cannot.
    """
    folder, process = mkdtemp(prefix="imds-sim-"), os.getpid()

    def remove() -> None:
        if os.getpid() == process:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    try:
        yield Path(folder)
    finally:
        atexit.unregister(remove)
        remove()
