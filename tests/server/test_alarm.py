import asyncio
import logging

import pytest

from imds_sim.server.alarm import Alarm
from tests.waiting import PATIENCE


class Ticks:
    """Counts; says that more is due as often as told."""

    def __init__(self, more: int = 0, fails: bool = False) -> None:
        self.count = 0
        self.more = more
        self.fails = fails
        self.enough = asyncio.Event()

    def __call__(self) -> bool:
        self.count += 1
        if self.count > self.more:
            self.enough.set()
        if self.fails:
            raise RuntimeError("a bug")
        return self.count <= self.more


async def test_the_alarm_rings_by_itself() -> None:
    ticks = Ticks(more=0)
    alarm = Alarm(ticks)
    alarm.start()
    await asyncio.wait_for(ticks.enough.wait(), PATIENCE)
    alarm.stop()


async def test_while_more_is_due_the_next_batch_comes_at_once() -> None:
    ticks = Ticks(more=5)
    alarm = Alarm(ticks)
    alarm.start()
    alarm.ring()
    await asyncio.wait_for(ticks.enough.wait(), PATIENCE)
    assert ticks.count >= 6
    alarm.stop()


async def test_each_tick_is_a_sign_of_life_unless_it_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    signs: list[int] = []
    alarm = Alarm(Ticks(), lambda: signs.append(1))
    alarm.start()
    alarm.ring()
    alarm.stop()
    assert signs == [1]
    failing = Alarm(Ticks(fails=True), lambda: signs.append(2))
    failing.start()
    with caplog.at_level(logging.ERROR):
        failing.ring()
    failing.stop()
    assert signs == [1]
    assert "alarm.tick_failed" in caplog.text


async def test_a_scheduler_silenced_by_a_stepping_clock_is_set_going_again() -> None:
    ticks = Ticks(more=0)
    alarm = Alarm(ticks)
    alarm.start()
    job = alarm._scheduler.get_job("tick")
    job.modify(next_run_time=job.next_run_time.replace(year=9999))  # as after a step back
    alarm._last -= 3600
    alarm._look_after()
    assert ticks.count == 1
    assert alarm._scheduler.get_job("tick").next_run_time.year < 9999
    alarm.stop()
