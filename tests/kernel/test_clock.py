from datetime import timedelta

import pytest

from imds_sim.kernel.clock import (
    FASTEST,
    MOST,
    ManualClock,
    RateImpossible,
    ShiftedClock,
    ShiftTooFar,
    SteadyClock,
    SystemClock,
)

HOUR = timedelta(hours=1)


def test_a_shift_moves_the_simulators_time_and_not_the_walls() -> None:
    inner = ManualClock()
    shifted = ShiftedClock(inner)
    shifted.advance(HOUR)
    assert shifted.now() == inner.now() + HOUR
    assert shifted.wall() == inner.wall()


def test_shifts_add_up_and_can_go_back() -> None:
    shifted = ShiftedClock(ManualClock())
    shifted.advance(HOUR)
    shifted.advance(-2 * HOUR)
    assert shifted.now() == shifted.wall() - HOUR


def test_a_reset_clock_shows_the_time_of_the_wall_again() -> None:
    shifted = ShiftedClock(ManualClock(), HOUR)
    shifted.reset()
    assert shifted.now() == shifted.wall()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_shift_has_a_limit_either_way(sign: int) -> None:
    shifted = ShiftedClock(ManualClock())
    shifted.advance(sign * MOST)
    for further in (sign * timedelta(seconds=1), timedelta.max, timedelta.min):
        with pytest.raises(ShiftTooFar):
            shifted.advance(further)
    assert shifted.shift == sign * MOST


def test_a_frozen_clock_stands_still_but_can_be_moved() -> None:
    inner = ManualClock()
    began = inner.now()
    shifted = ShiftedClock(inner, HOUR)
    shifted.go_at(0)
    inner.advance(3 * HOUR)
    assert shifted.now() == began + HOUR
    assert shifted.shift == -2 * HOUR
    shifted.advance(HOUR)
    assert shifted.now() == began + 2 * HOUR
    assert shifted.wall() == began + 3 * HOUR


def test_a_fast_clock_goes_on_from_where_it_was_and_slows_down_there() -> None:
    inner = ManualClock()
    began = inner.now()
    shifted = ShiftedClock(inner)
    shifted.go_at(60)
    inner.advance(timedelta(minutes=1))
    assert shifted.now() == began + HOUR
    shifted.go_at(1)
    inner.advance(HOUR)
    assert shifted.now() == began + 2 * HOUR
    assert shifted.shift == timedelta(minutes=59)


def test_a_fast_clock_stops_being_faster_after_ten_years() -> None:
    inner = ManualClock()
    shifted = ShiftedClock(inner)
    shifted.go_at(FASTEST)
    inner.advance(2 * HOUR)
    assert shifted.now() == inner.now() + MOST


@pytest.mark.parametrize("rate", [-0.001, FASTEST + 1, float("nan"), float("inf")])
def test_no_clock_runs_backwards_or_faster_than_a_day_a_second(rate: float) -> None:
    shifted = ShiftedClock(ManualClock())
    with pytest.raises(RateImpossible):
        shifted.go_at(rate)
    assert shifted.rate == 1
    for possible in (0, FASTEST):
        shifted.go_at(possible)


def test_a_reset_clock_goes_at_its_usual_pace() -> None:
    inner = ManualClock()
    shifted = ShiftedClock(inner)
    shifted.go_at(0)
    inner.advance(HOUR)
    shifted.reset()
    inner.advance(HOUR)
    assert (shifted.now(), shifted.rate) == (inner.now(), 1)


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
    assert SystemClock().wall().utcoffset() == timedelta(0)


def test_a_held_clock_shows_one_moment_until_it_is_released() -> None:
    inner = ManualClock()
    steady = SteadyClock(inner)
    held = steady.hold()
    inner.advance(HOUR)
    assert steady.now() == steady.wall() == held == inner.now() - HOUR
    assert steady.held_for() == HOUR
    steady.release()
    assert steady.now() == steady.wall() == inner.now()
    assert steady.held_for() == timedelta(0)


def test_a_wall_that_steps_back_makes_no_negative_duration() -> None:
    inner = ManualClock()
    steady = SteadyClock(inner)
    steady.hold()
    inner.advance(-HOUR)
    assert steady.held_for() == timedelta(0)
