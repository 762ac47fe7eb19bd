"""The journal: the last requests of every client, in a ring of bounded size."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from imds_sim.journal.entry import Entry
from imds_sim.journal.redact import redacted_target
from imds_sim.kernel.message import Notes

log = logging.getLogger(__name__)
_package = logging.getLogger(
    "imds_sim"
)  # has the level; to ask `log` for it takes ten times as long

_Row = tuple[
    int,
    datetime,
    str,
    str | None,
    str,
    str | None,
    str,
    str,
    int,
    int | None,
    str | None,
    str | None,
    timedelta,
    str | None,
    str,
    int,
    int,
    datetime | None,
    int | None,
]  # fmt: skip - the fields of Entry, in its order


# Characters kept of what a client chooses: the ring bounds entries, this bounds their size.
PATH = 2048
USER_AGENT = 512
METHOD = 32

_MILLISECOND = timedelta(milliseconds=1)


class Recorder:
    """Keeps the newest `capacity` entries (0 keeps none). Iterating gives them oldest first.

    Rows are plain tuples until they are read: recording is on the path of every request.
    """

    def __init__(self, capacity: int) -> None:
        self._rows: deque[_Row] = deque(maxlen=capacity)
        self._last_number = 0
        self.sink: Callable[[Entry], None] | None = None  # gets every entry, kept or not

    @property
    def capacity(self) -> int:
        """How many entries are kept."""
        return self._rows.maxlen or 0

    @property
    def last_number(self) -> int:
        """The number of the newest entry ever recorded; 0 before the first."""
        return self._last_number

    def resize(self, capacity: int) -> None:
        """Keep `capacity` entries from now on; the oldest go if there are more."""
        if capacity != self._rows.maxlen:
            self._rows = deque(self._rows, maxlen=capacity)

    def record(
        self,
        *,
        time: datetime,
        surface: str,
        workload: str | None,
        client: str,
        user_agent: str | None,
        method: str,
        target: str,
        status: int,
        notes: Notes,
        duration: timedelta,
        local: str = "",
        local_port: int = 0,
        response_bytes: int = 0,
        hops: int | None = None,
    ) -> None:
        """Append one exchange; secrets in the query of `target` are masked here."""
        self._last_number += 1
        row = (
            self._last_number,
            time,
            surface,
            workload,
            client,
            user_agent if user_agent is None else user_agent[:USER_AGENT],
            method[:METHOD],
            (redacted_target(target) if "?" in target else target)[:PATH],
            status,
            notes.imds_version,
            notes.fault,
            notes.access_key_id,
            duration,
            notes.detail,
            local,
            local_port,
            response_bytes,
            notes.expires_at if status else None,
            hops,
        )
        self._rows.append(row)
        if self.sink is not None:
            self.sink(Entry(*row))
        if _package.level == logging.DEBUG:
            _tell(Entry(*row))

    def entries(
        self, after: int = 0, workload: str | None = None, surface: str | None = None
    ) -> list[Entry]:
        """Entries numbered above `after`, of one workload or surface if given, oldest first."""
        return [
            Entry(*row)
            for row in list(self._rows)
            if row[0] > after
            and (workload is None or row[3] == workload)
            and (surface is None or row[2] == surface)
        ]

    def clear(self) -> None:
        """Forget every entry; numbers go on."""
        self._rows.clear()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self._rows)


def _tell(entry: Entry) -> None:
    """A line of the log for a request, with what matters of its entry."""
    log.debug(
        "request.answered",
        extra={
            "surface": entry.surface,
            "workload": entry.workload,
            "client": entry.client,
            "hops": entry.hops,
            "method": entry.method,
            "path": entry.path,
            "status": entry.status,
            "imds_version": entry.imds_version,
            "access_key_id": entry.access_key_id,
            "user_agent": entry.user_agent,
            "fault": entry.fault,
            "detail": entry.detail,
            "duration_ms": round(entry.duration / _MILLISECOND, 3),
        },
    )
