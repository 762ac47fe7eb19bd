from datetime import UTC, datetime, timedelta

from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.http_date import HttpDates


def test_the_date_changes_with_the_second_and_not_before() -> None:
    clock = ManualClock(datetime(2026, 9, 17, 12, 35, 34, 250_000, tzinfo=UTC))
    dates = HttpDates(clock)
    assert dates.current() == "Thu, 17 Sep 2026 12:35:34 GMT"
    clock.advance(timedelta(microseconds=749_999))
    assert dates.current() == "Thu, 17 Sep 2026 12:35:34 GMT"
    clock.advance(timedelta(microseconds=1))
    assert dates.current() == "Thu, 17 Sep 2026 12:35:35 GMT"


def test_the_date_follows_a_wall_clock_that_is_set_back() -> None:
    clock = ManualClock(datetime(2026, 9, 17, 12, 35, 34, tzinfo=UTC))
    dates = HttpDates(clock)
    dates.current()
    clock.advance(timedelta(hours=-1))
    assert dates.current() == "Thu, 17 Sep 2026 11:35:34 GMT"
