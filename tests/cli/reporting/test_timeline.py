from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.cli.reporting.timeline import SHOWN, Band, lane_of, ticks, time_line
from imds_sim.journal.entry import Entry
from tests.cli.reporting.runs import CALL, CREDENTIALS, READ, START, TOKEN, played, seconds


def test_a_line_goes_from_the_first_request_to_the_end_of_the_command() -> None:
    line = time_line(played((2, TOKEN), (4, READ), ends=10))
    assert (line.start, line.span) == (seconds(2), seconds(8))
    assert [line.place(each.at) for each in line.asked] == [0, 25]


def test_a_command_that_asks_nothing_has_a_line_too() -> None:
    line = time_line(played(ends=3))
    assert (line.start, line.span, line.asked) == (seconds(0), seconds(3), ())


def test_a_request_stands_where_it_came_not_where_its_answer_was_made() -> None:
    slow = replace(READ, duration=seconds(1))
    assert time_line(played((2, TOKEN), (4, slow))).asked[1].at == seconds(1)


def test_a_moved_clock_moves_nothing_on_the_line() -> None:
    jumped = replace(READ, time=START + timedelta(hours=7))
    assert time_line(played((2, TOKEN), (4, jumped))).asked[1].at == seconds(2)


@pytest.mark.parametrize(
    ("fault", "over"),
    [
        pytest.param("token:delay=1s", 1, id="the whole answer came"),
        pytest.param("token:delay=1s&conn:drip=500ms", 1.5, id="later, and in pieces"),
        pytest.param("token:delay=3s", 2, id="the client went on before"),
        pytest.param("token:hang", 2, id="there was none to come"),
        pytest.param("token:reset", None, id="it was told at once"),
        pytest.param("token:refuse", None, id="an instance's own listener resets"),
        pytest.param("token:no-ttl-header", None, id="no matter of the wire"),
    ],
)
def test_a_wait_ends_with_the_answer_or_when_the_client_goes_on(
    fault: str, over: float | None
) -> None:
    line = time_line(played((1, replace(TOKEN, fault=fault)), (3, READ)))
    bands = () if over is None else (Band("wait", "token", seconds(0), seconds(over)),)
    assert line.bands == bands
    assert line.asked[0].answer.is_late == (fault == "token:delay=3s")


def test_where_a_listener_is_shared_a_refusal_is_silence() -> None:
    refused = replace(CALL, surface="ecs", fault="ecs:refuse", status=0)
    line = time_line(played((1, refused), ends=3))
    assert line.bands == (Band("wait", "ecs", seconds(0), seconds(2)),)


def test_a_pause_stands_between_a_failure_and_the_next_try() -> None:
    line = time_line(played((1, replace(TOKEN, status=503)), (3, TOKEN), (4, READ)))
    assert line.bands == (Band("pause", "token", seconds(0), seconds(2)),)
    assert [each.paused for each in line.asked] == [None, seconds(2), None]


def test_after_silence_the_wait_is_no_pause() -> None:
    line = time_line(played((1, replace(TOKEN, status=0, fault="token:hang")), (3, TOKEN)))
    assert line.asked[1].paused == seconds(0)


def test_many_requests_are_not_all_drawn() -> None:
    all_shown = time_line(played(*[(1, READ)] * SHOWN))
    assert (len(all_shown.asked), all_shown.unshown) == (SHOWN, 0)
    line = time_line(played(*[(1, READ)] * (SHOWN + 1)))
    assert (len(line.asked), line.unshown) == (SHOWN, 1)


@pytest.mark.parametrize(
    ("entry", "lane"),
    [
        (TOKEN, "token"),
        (READ, "role"),
        (CREDENTIALS, "cred"),
        (replace(READ, path="/latest/meta-data/placement/region"), "imds"),
        (CALL, "sts"),
        (replace(CALL, surface="lambda"), "lambda"),
    ],
)
def test_what_was_asked_for_has_a_lane_of_its_own(entry: Entry, lane: str) -> None:
    assert lane_of(entry) == lane


@pytest.mark.parametrize(
    ("span", "last", "count"),
    [(0.001, 0.001, 2), (0.0059, 0.005, 6), (0.006, 0.006, 4), (1.3, 1, 3), (30, 30, 4)],
)
def test_a_line_has_a_few_round_ticks(span: float, last: float, count: int) -> None:
    found = ticks(seconds(span))
    assert (len(found), found[0], found[-1]) == (count, seconds(0), seconds(last))
