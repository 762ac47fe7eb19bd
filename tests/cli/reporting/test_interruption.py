import signal

import pytest

from imds_sim.cli.reporting.interruption import ENDING, Interruption


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_stops_the_work_and_the_first_one_is_the_status(number: signal.Signals) -> None:
    stops: list[str] = []
    with Interruption(lambda: stops.append("stop")) as interruption:
        signal.raise_signal(number)
        signal.raise_signal(signal.SIGTERM)
    assert (stops, interruption.exit_status) == (["stop", "stop"], 128 + number)


def test_handlers_are_put_back_and_what_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        usual = [signal.getsignal(each) for each in ENDING]
        with Interruption(lambda: None) as interruption:
            signal.raise_signal(signal.SIGHUP)
        assert interruption.exit_status is None
        assert [signal.getsignal(each) for each in ENDING] == usual
    finally:
        signal.signal(signal.SIGHUP, before)
