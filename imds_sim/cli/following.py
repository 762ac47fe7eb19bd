"""What a ring of the daemon holds, and if wanted what comes after it."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from imds_sim.cli.ending import tell
from imds_sim.cli.listing import mappings

if TYPE_CHECKING:
    from imds_sim.admin.client import AdminClient

Row = tuple[list[str], list[str]]
EVERY = 0.2  # seconds between two looks


def batches(
    client: "AdminClient",
    path: str,
    member: str,
    query: Mapping[str, str | None],
    follow: bool,
    *,
    empty: str,
) -> Iterator[list[dict[str, object]]]:
    """What there is, then again and again what is newer: the list `member` of the answers.

    Where there is nothing and nothing is waited for, `empty` is told apart from the output.
    """
    from imds_sim.admin.errors import DaemonNotFound, DaemonNotUnderstood

    after, pause = 0, threading.Event()
    document = client.call("GET", path, query)
    while True:
        if batch := mappings(document.get(member)):
            yield batch
        if not follow:
            if not batch:
                tell(empty)
            return
        last = document.get("last_number")
        if isinstance(last, int):
            if last < after:  # another daemon answers on this socket, and counts from 1
                after = 0
                document = client.call("GET", path, query)
                continue
            after = last
        pause.wait(EVERY)
        try:
            document = client.call("GET", path, {**query, "after": str(after)})
        except (DaemonNotFound, DaemonNotUnderstood):
            tell("the daemon has ended")
            return


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
