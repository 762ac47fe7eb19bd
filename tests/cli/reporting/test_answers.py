from dataclasses import replace

import pytest

from imds_sim.cli.reporting.answers import answers, cut
from tests.cli.reporting.runs import READ, TOKEN, seconds


@pytest.mark.parametrize(
    ("fault", "status", "is_missing"),
    [
        (None, 200, False),
        ("token:503", 503, False),
        ("token:half-close", 200, False),
        ("token:truncate", 200, True),
        ("token:reset", 0, True),
        ("token:hang", 0, True),
        ("token:delay=1s", 200, False),
        ("token:delay=3s", 200, True),
        ("token:delay=1500ms&conn:drip=1s", 200, True),
    ],
)
def test_an_answer_is_missing_that_ends_early_or_is_not_waited_for(
    fault: str | None, status: int, is_missing: bool
) -> None:
    token = replace(TOKEN, fault=fault, status=status)
    first, second = answers([token, READ], [seconds(1), seconds(3)], seconds(4))
    assert (first.is_missing, second.is_missing) == (is_missing, False)
    assert cut([second, first]) == ({1} if fault == "token:truncate" else set())


def test_the_last_answer_has_until_the_end_of_the_command() -> None:
    late = replace(TOKEN, fault="token:delay=3s")
    [in_time] = answers([late], [seconds(1)], seconds(4))
    [too_late] = answers([late], [seconds(1)], seconds(3.9))
    assert (in_time.is_missing, too_late.is_missing) == (False, True)
