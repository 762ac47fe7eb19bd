"""What a ring of the daemon holds, and if wanted what comes after it."""

import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from imds_sim.cli.ending import tell
from imds_sim.cli.listing import mappings

if TYPE_CHECKING:
    from imds_sim.admin.client import AdminClient

EVERY = 0.2  # seconds between two looks


def batches(
    client: "AdminClient",
    path: str,
    member: str,
    query: Mapping[str, str | None],
    follow: bool,
) -> Iterator[list[dict[str, object]]]:
    """What there is, then again and again what is newer: the list `member` of the answers."""
    from imds_sim.admin.errors import DaemonNotFound, DaemonNotUnderstood

    after, pause = 0, threading.Event()
    document = client.call("GET", path, query)
    while True:
        if batch := mappings(document.get(member)):
            yield batch
        if not follow:
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
    """Lines whose columns grow with what they have shown."""

    def __init__(self, count: int) -> None:
        self._widths = [0] * count

    def line(self, texts: list[str], rest: list[str]) -> str:
        """`texts` lined up, then `rest` as it is; nothing in it steers a terminal."""
        self._widths = [max(*pair) for pair in zip(self._widths, map(len, texts), strict=True)]
        told = [text.ljust(width) for text, width in zip(texts, self._widths, strict=True)]
        return printable("  ".join([*told, *rest]))


def printable(text: str) -> str:
    """`text` without what would steer a terminal: clients choose much of it."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
