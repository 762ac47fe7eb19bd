from datetime import timedelta

import pytest

from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.token_bucket import Rate, TokenBuckets

RATE = Rate(per_second=40, burst=60)
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def buckets(clock: ManualClock) -> TokenBuckets:
    return TokenBuckets(clock)


def taken(buckets: TokenBuckets, times: int, key: str = "client") -> int:
    return sum(buckets.take(key, RATE) for _ in range(times))


def test_a_burst_is_let_through_and_one_more_is_not(buckets: TokenBuckets) -> None:
    assert taken(buckets, 60) == 60
    assert not buckets.take("client", RATE)


@pytest.mark.parametrize(
    ("waited", "more"),
    [
        pytest.param(24 * MILLISECOND, 0, id="not quite a fortieth of a second"),
        pytest.param(25 * MILLISECOND, 1, id="a fortieth"),
        pytest.param(1000 * MILLISECOND, 40, id="a second"),
        pytest.param(1475 * MILLISECOND, 59, id="all but one token"),
        pytest.param(1500 * MILLISECOND, 60, id="full"),
        pytest.param(9000 * MILLISECOND, 60, id="no fuller than full"),
    ],
)
def test_an_empty_bucket_fills_at_its_rate_up_to_its_burst(
    buckets: TokenBuckets, clock: ManualClock, waited: timedelta, more: int
) -> None:
    taken(buckets, 60)
    clock.advance(waited)
    assert taken(buckets, 100) == more


def test_every_key_has_a_bucket_of_its_own(buckets: TokenBuckets) -> None:
    assert taken(buckets, 61, "one") == 60
    assert taken(buckets, 61, "other") == 60


def test_a_request_that_is_turned_away_costs_nothing(
    buckets: TokenBuckets, clock: ManualClock
) -> None:
    taken(buckets, 1000)
    clock.advance(25 * MILLISECOND)
    assert taken(buckets, 2) == 1


def test_a_clock_that_goes_back_gives_no_tokens_and_takes_none(
    buckets: TokenBuckets, clock: ManualClock
) -> None:
    taken(buckets, 59)
    clock.advance(timedelta(hours=-1))
    assert taken(buckets, 2) == 1
    clock.advance(25 * MILLISECOND)
    assert taken(buckets, 2) == 1


def test_the_keys_that_asked_last_are_remembered(clock: ManualClock) -> None:
    buckets = TokenBuckets(clock, capacity=2)
    taken(buckets, 60, "first")
    taken(buckets, 60, "second")
    assert not buckets.take("first", RATE)  # asked later than `second` now
    taken(buckets, 1, "third")
    assert len(buckets) == 2
    assert not buckets.take("first", RATE)
    assert buckets.take("second", RATE)


def test_cleared_buckets_are_full(buckets: TokenBuckets) -> None:
    taken(buckets, 60)
    buckets.clear()
    assert taken(buckets, 61) == 60
