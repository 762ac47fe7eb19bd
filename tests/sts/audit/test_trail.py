import json
from datetime import UTC, datetime
from typing import Any

import pytest

from imds_sim.kernel.secret import Secret
from imds_sim.sts.audit.trail import HIDDEN, AuditOptions, AuditTrail

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def kept(trail: AuditTrail) -> list[Any]:
    return [record["eventID"] for record in trail]


def keep(trail: AuditTrail, *ids: object) -> None:
    trail.keep([{"eventID": each} for each in ids], NOW)


@pytest.mark.parametrize(("recorded", "left"), [(0, []), (3, [0, 1, 2]), (4, [1, 2, 3])])
def test_the_newest_records_are_kept(recorded: int, left: list[int]) -> None:
    trail = AuditTrail(AuditOptions(capacity=3))
    for number in range(recorded):
        keep(trail, number)
    assert kept(trail) == left
    assert (len(trail), trail.last_number, trail.capacity) == (len(left), recorded, 3)


def test_records_are_asked_for_by_number_which_go_on_after_a_clearing() -> None:
    trail = AuditTrail()
    keep(trail, "a", "b")
    assert [record["eventID"] for record in trail.records(after=1)] == ["b"]
    trail.clear()
    keep(trail, "c")
    assert (kept(trail), trail.last_number) == (["c"], 3)
    assert [record["eventID"] for record in trail.records(after=2)] == ["c"]


@pytest.mark.parametrize(("shown", "written"), [(False, HIDDEN), (True, "hunter2")])
def test_a_secret_is_hidden_unless_it_was_asked_for(shown: bool, written: str) -> None:
    trail = AuditTrail(AuditOptions(session_tokens=shown))
    keep(trail, Secret("hunter2"))
    assert kept(trail) == [written]


def test_other_options_count_from_then_on() -> None:
    trail = AuditTrail()
    keep(trail, *range(3), Secret("a"))
    trail.configure(AuditOptions(capacity=2, session_tokens=True))
    keep(trail, Secret("b"))
    assert kept(trail) == [HIDDEN, "b"]


def test_every_record_goes_to_the_sink_as_one_line() -> None:
    lines: list[str] = []
    trail = AuditTrail(AuditOptions(capacity=0))
    trail.sink = lines.append
    keep(trail, "one\ntwo", "three")
    assert [json.loads(line)["eventID"] for line in lines] == ["one\ntwo", "three"]
    assert not any("\n" in line for line in lines)
    assert kept(trail) == []


def test_what_is_no_json_is_a_bug() -> None:
    with pytest.raises(TypeError, match="bytes has no place"):
        keep(AuditTrail(), b"x")
