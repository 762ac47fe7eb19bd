from collections.abc import Sequence

import pytest

from imds_sim.cli.reporting.difference import ALIGNED, MOST, changes
from imds_sim.cli.reporting.show import Document

TOKEN, ROLES, CALL = "imds PUT /latest/api/token", "imds GET /latest/roles/", "sts POST /"


def ran(*requests: str, **other: object) -> Document:
    """A scenario as `report --json` has it."""
    same: Document = {"outcome": "none", "exit_status": 1, "token_reuse": 0, "retries": 0}
    return {"scenario": "none", "requests": [*requests], "v1_fallback": False, **same, **other}


def told(before: Document, now: Document) -> Sequence[str]:
    return changes({"none": before}, [now])


def test_what_is_the_same_is_not_told_nor_are_times_pauses_and_words() -> None:
    before = ran(CALL, seconds=1.0, back_off_seconds=[1], stderr="a")
    assert told(before, ran(CALL, seconds=2.0, back_off_seconds=[], stderr="b")) == []


def test_a_value_is_told_on_one_line() -> None:
    before, now = ran(outcome="credentials", exit_status=0), ran(exit_status=None)
    assert told(before, now) == [
        '  none: outcome was "credentials", is "none"',
        "  none: exit_status was 0, is null",
    ]


def test_of_requests_only_those_that_differ_are_told_a_line_each() -> None:
    before = ran(f"{TOKEN} 200", f"{ROLES} 404", f"{CALL} 200")
    now = ran(f"{TOKEN} 200", *[f"{ROLES} 503"] * 3, f"{CALL} 200", f"{CALL} 403")
    assert told(before, now) == [
        "  none: requests were 3, are 6",
        f"      - {ROLES} 404",
        f"      + {ROLES} 503 x3",
        f"      + {CALL} 403",
    ]


def test_what_is_repeated_in_short_is_compared_one_by_one() -> None:
    now = ran("(token 401, role 401) x3")
    assert told(ran("(token 401, role 401) x2", "sts 200"), now) == [
        "  none: requests were 5, are 6",
        "      - sts 200",
        "      + token 401",
        "      + role 401",
    ]


@pytest.mark.parametrize(("more", "last"), [(0, f"+ {CALL} {MOST - 1}"), (1, "... and 1 more")])
def test_a_long_list_is_cut(more: int, last: str) -> None:
    lines = told(ran(), ran(*(f"{CALL} {each}" for each in range(MOST + more))))
    assert (len(lines), lines[-1].strip()) == (1 + MOST + more, last)


def test_requests_are_aligned_up_to_a_bound() -> None:
    alike = [f"{TOKEN} 401", f"{ROLES} 401"] * (ALIGNED // 2)
    assert told(ran(*alike), ran(*alike, f"{CALL} 200")) == [
        f"  none: requests were {ALIGNED}, are {ALIGNED + 1}",
        f"      the first {ALIGNED} are the same",
    ]


def test_scenarios_of_one_side_alone_are_told() -> None:
    assert changes({"none": ran()}, [ran() | {"scenario": "cred:500"}]) == [
        "- none: not played",
        "+ cred:500: nothing to compare with",
    ]
