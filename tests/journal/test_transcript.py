from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from imds_sim.journal.entry import Entry
from imds_sim.journal.transcript import transcript

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TOKEN = "/latest/api/token"


def entries(*workloads: str | None) -> Sequence[Entry]:
    """A request for each, a second apart."""
    return [
        Entry(
            number,
            START + timedelta(seconds=number - 1),
            "imds" if workload else "sts",
            workload,
            "127.0.0.1",
            None,
            "PUT" if workload else "POST",
            TOKEN if workload else "/",
            200,
            2 if workload else None,
            None,
            None,
            timedelta(0),
        )
        for number, workload in enumerate(workloads, 1)
    ]


def test_one_workload_needs_no_column() -> None:
    assert transcript(entries("web-1", None)).splitlines() == [
        "  no.  after    surface  request                status  IMDS  fault",
        "  1    +0.000s  imds     PUT /latest/api/token  200     v2",
        "  2    +1.000s  sts      POST /                 200     -",
    ]


def test_of_several_workloads_each_line_says_whose_it_is() -> None:
    assert transcript(entries("web-1", "web-2", None), frozenset({2})).splitlines() == [
        "  no.  after    surface  workload  request                status  IMDS  fault",
        "  1    +0.000s  imds     web-1     PUT /latest/api/token  200     v2",
        "> 2    +1.000s  imds     web-2     PUT /latest/api/token  200     v2",
        "  3    +2.000s  sts      -         POST /                 200     -",
    ]


def test_a_workload_steers_no_terminal() -> None:
    assert "\x1b" not in transcript(entries("web-1", "\x1b[2J"))


def test_nothing_is_said_so() -> None:
    assert transcript([]) == "  nothing was asked"
