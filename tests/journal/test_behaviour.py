from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imds_sim.journal.behaviour import Outcome, behaviour_of
from imds_sim.journal.entry import Entry

START = datetime(2026, 1, 1, tzinfo=UTC)
ROLES = "/latest/meta-data/iam/security-credentials/"
RUN = timedelta(seconds=10)


def entry(method: str, path: str, status: int, at: float = 0, version: int | None = 2) -> Entry:
    return Entry(
        number=1,
        time=START + timedelta(seconds=at),
        surface="imds",
        workload="web-1",
        client="127.0.0.1",
        user_agent=None,
        method=method,
        path=path,
        status=status,
        imds_version=version,
        fault=None,
        access_key_id=None,
        duration=timedelta(),
    )


TOKEN = entry("PUT", "/latest/api/token", 200)
CALL = replace(entry("POST", "/", 200, version=None), surface="sts")


@pytest.mark.parametrize(
    ("entries", "status", "outcome"),
    [
        ([CALL], 0, Outcome.CREDENTIALS),
        ([CALL], 1, Outcome.ERROR),
        ([replace(CALL, status=403)], 0, Outcome.ERROR),
        ([], 128, Outcome.NONE),
        ([], 129, Outcome.ERROR),
        ([], 0, Outcome.NONE),
        ([CALL], None, Outcome.TIMEOUT),
    ],
)
def test_the_outcome_is_told_by_the_calls_and_the_exit_status(
    entries: list[Entry], status: int | None, outcome: Outcome
) -> None:
    assert behaviour_of(entries, status, RUN).outcome is outcome


def test_a_token_is_reused_by_the_second_read_that_shows_it() -> None:
    read = entry("GET", ROLES, 200)
    assert behaviour_of([TOKEN, read], 0, RUN).token_reuse == 0
    assert behaviour_of([TOKEN, read, read], 0, RUN).token_reuse == 1


def test_a_token_that_comes_later_makes_no_reuse_undone() -> None:
    read = entry("GET", ROLES, 200)
    assert behaviour_of([TOKEN, read, read, TOKEN], 0, RUN).token_reuse == 1
    assert behaviour_of([TOKEN, TOKEN, read, read], 0, RUN).token_reuse == 0  # side by side


def test_what_came_of_a_token_that_was_cut_is_shown_for_the_first_time_too() -> None:
    refused = entry("GET", ROLES, 401)
    assert behaviour_of([TOKEN, refused], 1, RUN, cut={0}).token_reuse == 0
    assert behaviour_of([TOKEN, refused, refused], 1, RUN, cut={0}).token_reuse == 1


def test_a_read_without_token_is_a_fallback() -> None:
    assert not behaviour_of([TOKEN, entry("GET", ROLES, 200)], 0, RUN).v1_fallback
    assert behaviour_of([entry("GET", ROLES, 200, version=1)], 0, RUN).v1_fallback


def test_a_retry_is_what_is_asked_again_after_it_failed() -> None:
    lost, refused = entry("GET", ROLES, 0, at=1), entry("GET", ROLES, 400, at=3)
    seen = behaviour_of([lost, refused, entry("GET", ROLES, 200, at=4)], 0, RUN)
    assert (seen.retries, seen.back_off) == (2, (timedelta(seconds=2), timedelta(seconds=1)))
    good = entry("GET", ROLES, 399)
    assert behaviour_of([good, good], 0, RUN).retries == 0


def test_a_moved_clock_is_no_pause() -> None:
    moved = [entry("GET", ROLES, 500), entry("GET", ROLES, 200, at=10.1)]
    assert behaviour_of(moved, 0, RUN).back_off == ()
    in_time = [entry("GET", ROLES, 500), entry("GET", ROLES, 200, at=10)]
    assert behaviour_of(in_time, 0, RUN).back_off == (RUN,)


def test_an_answer_that_was_cut_is_a_failure_and_its_token_was_never_shown() -> None:
    read = entry("GET", ROLES, 200)
    asked = [TOKEN, TOKEN, read, read]
    whole, cut = behaviour_of(asked, 0, RUN), behaviour_of(asked, 0, RUN, cut={0})
    assert (whole.retries, whole.token_reuse) == (0, 0)
    assert (cut.retries, cut.token_reuse) == (1, 1)
