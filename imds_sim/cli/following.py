"""What a ring of the daemon holds, and if wanted what comes after it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imds_sim.cli.ending import tell
from imds_sim.cli.listing import counted, mappings
from imds_sim.kernel.errors import SimError

if TYPE_CHECKING:
    from imds_sim.admin.client import AdminClient

Row = tuple[list[str], list[str]]
EVERY = 0.2  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Ring:
    """Where to ask for it, its list in the answers, its members, and the key that bounds it."""

    path: str
    entries: str
    noun: str
    key: str


JOURNAL = Ring("/v1/journal", "entries", "request", "journal.capacity")
AUDIT = Ring("/v1/audit", "records", "record", "audit.capacity")


class NothingKept(SimError):
    """What is to be followed keeps nothing, so that nothing would ever be shown."""

    exit_status = 2


def batches(
    client: "AdminClient",
    ring: Ring,
    query: Mapping[str, str | None],
    follow: bool,
    *,
    empty: str,
    pause: Callable[[float], object] | None = None,
) -> Iterator[list[dict[str, object]]]:
    """What there is, then again and again what is newer.

    Apart from the output it tells `empty` where there is nothing and nothing is waited for, and how
    many were forgotten between two looks. Raises NothingKept.
    """
    from imds_sim.admin.errors import DaemonNotFound, DaemonNotUnderstood

    pause = pause or threading.Event().wait
    after: int | None = None
    document = client.call("GET", ring.path, query)
    while True:
        batch = mappings(document.get(ring.entries))
        size, capacity, last = (_number(document, name) for name in _MEMBERS)
        if capacity == 0:
            told = f"no {ring.noun} is kept: {ring.key} is 0"
            if follow:
                raise NothingKept(f"{told}; raise it to follow")
            empty = told
        if not follow:
            if not batch:
                tell(empty)
            else:
                yield batch
            return
        if after is not None and last < after:  # another daemon answers here, and counts from 1
            after = None
            document = client.call("GET", ring.path, query)
            continue
        if after is not None and (forgotten := last - size - after) > 0:
            cure = f"; raise {ring.key}, which is {capacity}" if size == capacity else ""
            tell(f"{counted(forgotten, ring.noun)} came and went between two looks{cure}")
        if batch:
            yield batch
        after = last
        pause(EVERY)
        try:
            document = client.call("GET", ring.path, {**query, "after": str(after)})
        except (DaemonNotFound, DaemonNotUnderstood):
            tell("the daemon has ended")
            return


_MEMBERS = ("size", "capacity", "last_number")


def _number(document: dict[str, object], name: str) -> int:
    """A number of an answer. Raises DaemonNotUnderstood."""
    number = document.get(name)
    if not isinstance(number, int):
        from imds_sim.admin.errors import DaemonNotUnderstood

        raise DaemonNotUnderstood(f"the daemon answered without {name}")
    return number


class Columns:
    """Lines below headings, their columns as wide as the widest text of all that was shown.

    A row is the texts that are lined up, then the rest as it is.
    """

    def __init__(self, *headings: str, rest: str) -> None:
        self._headings: Row | None = (list(headings), [rest])
        self._widths = [0] * len(headings)

    def lines(self, rows: Iterable[Row]) -> Iterator[str]:
        """A batch of rows, the first with the headings; nothing in it steers a terminal."""
        listed = [*([self._headings] if self._headings else []), *rows]
        self._headings = None
        shown = [([printable(text) for text in texts], rest) for texts, rest in listed]
        for texts, _ in shown:
            self._widths = [max(*pair) for pair in zip(self._widths, map(len, texts), strict=True)]
        for texts, rest in shown:
            told = [text.ljust(width) for text, width in zip(texts, self._widths, strict=True)]
            yield "  ".join([*told, *map(printable, rest)])


def printable(text: str) -> str:
    """`text` without what would steer a terminal: clients choose much of it."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
