"""Records into a file, a line each: a bounded queue, and a thread that writes.

A disk that is slow or full holds up no client: what does not fit is counted, told once, left out.
"""

import errno
import logging
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from imds_sim.kernel.errors import SimError

log = logging.getLogger(__name__)

T = TypeVar("T")

WAITING = 10_000  # records that wait at most
BATCH = 500  # records that one write takes at most
FLUSH = 2.0  # seconds that the end may take; two files and the drain fit into the unit's 15
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK


class SinkNotWritable(SimError):
    """A file that records are to go to cannot be written; the message names the cure."""

    exit_status = 77


class _End(Enum):
    """What stands behind the last record in the queue."""

    END = "end"


@dataclass(frozen=True, slots=True)
class SinkStatus:
    """How many records a file got, and how many were left out."""

    path: Path
    written: int
    lost: int


class FileSink(Generic[T]):
    """Appends what `render` makes of each record to the file at `path`, made with mode 0600.

    A file that was moved away or removed is made anew before the next write, so that logrotate
    needs to tell nobody. `offer` and `close` belong to one thread.
    """

    def __init__(self, path: Path, render: Callable[[T], str]) -> None:
        """Raises SinkNotWritable."""
        self.path = path
        self._render = render
        self._queue: SimpleQueue[T | _End] = SimpleQueue()
        self._descriptor: int | None = None
        self._written = self._unwritable = self._crowded_out = 0
        self._failing = False
        try:
            self._descriptor = _opened(path)
        except OSError as error:
            raise SinkNotWritable(f"{path}: {error.strerror}: {_cure(path, error)}") from error
        self._thread = threading.Thread(target=self._run, name=f"sink {path.name}", daemon=True)
        self._thread.start()

    def offer(self, record: T) -> None:
        """Have a record written, soon; leave it out if too many wait."""
        if self._queue.qsize() < WAITING:
            self._queue.put(record)
            return
        if not self._crowded_out:
            log.error("sink.queue_full", extra={"path": self.path, "waiting": WAITING})
        self._crowded_out += 1

    def close(self) -> None:
        """Write what waits and end; gives up after two seconds."""
        self._queue.put(_End.END)
        self._thread.join(FLUSH)
        if self._thread.is_alive():
            waiting = self._queue.qsize()
            log.error("sink.not_flushed", extra={"path": self.path, "waiting": waiting})
            return
        told = {"path": self.path, "written": self._written, "lost": self.status().lost}
        log.info("sink.closed", extra=told)

    def status(self) -> SinkStatus:
        """What became of the records so far."""
        return SinkStatus(self.path, self._written, self._unwritable + self._crowded_out)

    def _run(self) -> None:
        is_last = False
        while not is_last:
            records, is_last = self._batch()
            if records:
                self._write([self._render(record) for record in records])
        self._close_file()

    def _batch(self) -> tuple[list[T], bool]:
        """The records that wait, and whether they are the last; waits for the first."""
        records: list[T] = []
        item = self._queue.get()
        with suppress(Empty):
            while item is not _End.END:
                records.append(item)
                if len(records) == BATCH:
                    return records, False
                item = self._queue.get_nowait()
            return records, True
        return records, False

    def _write(self, lines: list[str]) -> None:
        content = "".join(f"{line}\n" for line in lines).encode()
        try:
            written, error = _append(self._current(), content)
        except OSError as cannot_open:
            written, error = 0, cannot_open
        self._written += written
        self._unwritable += len(lines) - written
        if error is not None:
            self._close_file()
        self._tell(error)

    def _tell(self, error: OSError | None) -> None:
        """One line when it begins to fail, one when it is over."""
        if error is not None and not self._failing:
            told = {"path": self.path, "reason": error.strerror, "cure": _cure(self.path, error)}
            log.error("sink.write_failed", extra=told)
        elif error is None and self._failing:
            told = {"path": self.path, "lost": str(self._unwritable)}
            log.warning("sink.writes_again", extra=told)
        self._failing = error is not None

    def _current(self) -> int:
        """The file that is at the path now, made if there is none."""
        if self._descriptor is not None and not _is_at(self._descriptor, self.path):
            self._close_file()
        if self._descriptor is None:
            self._descriptor = _opened(self.path)
        return self._descriptor

    def _close_file(self) -> None:
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
        self._descriptor = None


def _opened(path: Path) -> int:
    """A descriptor that appends. A pipe that nobody reads is an error, not a wait."""
    descriptor = os.open(path, _FLAGS, 0o600)
    os.set_blocking(descriptor, True)
    return descriptor


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _append(descriptor: int, content: bytes) -> tuple[int, OSError | None]:
    """Append whole lines: how many fitted, and why no more. Half a line is taken back."""
    before = os.fstat(descriptor)
    at = 0
    try:
        while at < len(content):
            at += os.write(descriptor, content[at:])
    except OSError as error:
        whole = content.rfind(b"\n", 0, at) + 1
        if stat.S_ISREG(before.st_mode):
            with suppress(OSError):
                os.ftruncate(descriptor, before.st_size + whole)
        return content.count(b"\n", 0, whole), error
    return content.count(b"\n"), None


def _cure(path: Path, error: OSError) -> str:
    cures = {
        errno.ENOENT: f"make the directory {path.parent}",
        errno.EISDIR: "name a file in it",
        errno.ENOSPC: "make room on its file system",
        errno.EROFS: "its file system is read-only; name a writable place",
        errno.ENXIO: "nobody reads from it; start its reader first",
    }
    return cures.get(error.errno or 0, f"let uid {os.geteuid()} write there")
