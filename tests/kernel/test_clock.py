from datetime import timedelta

import pytest

from imds_sim.kernel.clock import (
    MOST,
    ManualClock,
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
