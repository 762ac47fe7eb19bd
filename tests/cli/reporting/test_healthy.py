from dataclasses import replace

import pytest

from imds_sim.cli.reporting.healthy import LONGEST, doubt
from imds_sim.cli.reporting.play import Played
from tests.cli.reporting.runs import CALL, TOKEN, played

WELL = played((1, TOKEN), (2, CALL))
TRACE = 'Traceback:\n  File "x.py"\nSyntaxError: \x1b[1mnever closed\n\n'


@pytest.mark.parametrize(
    ("healthy", "told"),
    [
        (WELL, None),
        (replace(WELL, stderr="a warning\n"), None),
        (
            replace(played(status=1), stderr=TRACE),
            "the healthy run already ended with status 1 and asked for nothing; "
            "its last words: SyntaxError: \\x1b[1mnever closed",
        ),
        (played(), "the healthy run asked for nothing"),
        (played((1, TOKEN)), "the healthy run made no signed call"),
        (
            played((1, TOKEN), (2, replace(CALL, status=403))),
            "the healthy run had its call refused",
        ),
        (
            played((1, TOKEN), (2, CALL), status=3),
            "the healthy run already ended with status 3",
        ),
        (played((1, TOKEN), (2, CALL), status=134), "the healthy run was ended by SIGABRT"),
        (
            played(status=None),
            "the healthy run was ended by the time limit and asked for nothing",
        ),
    ],
)
def test_a_healthy_run_that_was_none_is_told(healthy: Played, told: str | None) -> None:
    assert doubt([played(scenario="token:403"), healthy]) == told


def test_nothing_is_said_where_it_was_not_played() -> None:
    assert doubt([played(scenario="token:403", status=1)]) is None


def test_a_long_last_word_is_cut() -> None:
    told = doubt([replace(played(), stderr="x" * 2 * LONGEST)])
    assert told is not None
    assert told.endswith(": " + "x" * LONGEST)
