"""A file that is there whole or not at all, and that is refused before any work was done."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imds_sim.cli.ending import FileNotWritable


def check(file: str) -> None:
    """Try whether it could be written; leaves nothing behind. Raises FileNotWritable."""
    with _errors(file):
        target = _target(file)
        tempfile.TemporaryFile(dir=target.parent).close()
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write(file: str, text: str, mode: int = 0o666) -> None:
    """Put it there, or in the place of what was there. Raises FileNotWritable.

    `mode` is that of a new file, less what the umask takes away.
    """
    with _errors(file):
        target = _target(file)
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            with open(os.open(beside, flags, mode), "w", encoding="utf-8") as opened:
                opened.write(text)
            os.replace(beside, target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _target(file: str) -> Path:
    """Where a symbolic link leads; never a device, which would be replaced."""
    target = Path(file).resolve()
    if target.exists() and not target.is_file():
        raise FileNotWritable(f"{file}: not an ordinary file; name one that can be replaced")
    return target


@contextmanager
def _errors(file: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        told = f"{file}: cannot be written: {error.strerror}"
        raise FileNotWritable(f"{told}; name a file in a folder where you may write") from error
