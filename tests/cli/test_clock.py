from datetime import timedelta

import pytest

from tests.admin_stub import StubDaemon
from tests.cli.conftest import Invoke


def test_the_clock_stands_still_and_speeds_up(daemon: StubDaemon, invoke: Invoke) -> None:
    assert (
        invoke("clock", "freeze").stdout == "2026-01-02T03:04:05Z, the real time, standing still\n"
    )
    assert invoke("clock", "speed", "60").stdout.endswith(", 60 times as fast\n")
    assert invoke("clock", "reset").stdout == "2026-01-02T03:04:05Z, the real time\n"
    wrong = invoke("clock", "speed", "86401")
    assert (wrong.exit_code, wrong.stdout) == (2, "")


@pytest.mark.parametrize("arguments", [["-1h"], ["--", "-1h"]])
def test_a_move_back_needs_no_dashes_before_it(
    daemon: StubDaemon, invoke: Invoke, arguments: list[str]
) -> None:
    moved = invoke("clock", "advance", *arguments)
    assert moved.stdout == "2026-01-02T02:04:05Z, 1h behind the real time\n"
    assert daemon.backend.core.clock.shift == timedelta(hours=-1)


@pytest.mark.parametrize("arguments", [["-3"], ["--", "-3"], ["-.5"]])
def test_time_does_not_run_backwards(
    daemon: StubDaemon, invoke: Invoke, arguments: list[str]
) -> None:
    refused = invoke("clock", "speed", *arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    told = f"{arguments[-1]}: time does not run backwards; to move it back: imds-sim clock advance"
    assert told in refused.stderr
    assert daemon.backend.core.clock.rate == 1
    assert invoke("clock", "speed", "0").stdout.endswith(", standing still\n")
