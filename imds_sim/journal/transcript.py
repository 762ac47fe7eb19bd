"""What was asked, as lines that a person reads: the second half of a failed assertion."""

from collections.abc import Sequence
from datetime import datetime

from imds_sim.journal.entry import Entry

COLUMNS = ("no.", "after", "surface", "workload", "request", "status", "IMDS", "fault")
_WORKLOAD = COLUMNS.index("workload")


def transcript(entries: Sequence[Entry], marked: frozenset[int] = frozenset()) -> str:
    """One aligned line an entry, times counted from the first; `marked` numbers get a `>`.

    The workloads are shown where there are several.
    """
    if not entries:
        return "  nothing was asked"
    start = entries[0].time
    rows = [COLUMNS, *(_row(entry, start) for entry in entries)]
    if len({entry.workload for entry in entries if entry.workload is not None}) < 2:
        rows = [row[:_WORKLOAD] + row[_WORKLOAD + 1 :] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    marks = ["  ", *("> " if entry.number in marked else "  " for entry in entries)]
    return "\n".join(
        (
            mark + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        ).rstrip()
        for mark, row in zip(marks, rows, strict=True)
    )


def _row(entry: Entry, start: datetime) -> tuple[str, ...]:
    seconds = (entry.time - start).total_seconds()
    return (
        str(entry.number),
        f"{seconds:+.3f}s",
        entry.surface,
        printable(entry.workload or "-"),
        printable(f"{entry.method} {entry.path}"),
        str(entry.status) if entry.status else "none",
        f"v{entry.imds_version}" if entry.imds_version else "-",
        entry.fault or "",
    )


def printable(text: str) -> str:
    """`text` with what would steer a terminal, or the reading, spelt out: clients choose it."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
