"""The end of what a command wrote to standard error, however much it wrote."""

import os
import selectors
import threading
from types import TracebackType
from typing import Self

KEPT = 2048  # bytes
WHOLE_PIPE = 1 << 20  # bytes, all that a pipe can hold: one read empties it


class LastWords:
    """Reads what is written to the file descriptor `writer` until its `with` block ends.

    It does not wait for the pipe to be closed: a process that outlives the command may hold it.
    """

    def __init__(self) -> None:
        self._kept = b""
        self._source, self.writer = os.pipe()
        self._over, self._end = os.pipe()  # readable once our end of it is closed
        self._thread = threading.Thread(target=self._follow, name="last-words", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._end)
        self._thread.join()
        for each in (self._source, self.writer, self._over):
            os.close(each)

    def text(self) -> str:
        """The last 2 KiB, once the block has ended."""
        return self._kept.decode(errors="replace")

    def _follow(self) -> None:
        with selectors.DefaultSelector() as waiting:
            for each in (self._source, self._over):
                waiting.register(each, selectors.EVENT_READ)
            ready: set[int] = set()
            while self._over not in ready:
                ready = {key.fd for key, _ in waiting.select()}
                if self._source in ready:
                    self._kept = (self._kept + os.read(self._source, WHOLE_PIPE))[-KEPT:]
