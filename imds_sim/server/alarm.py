"""The alarm: calls `tick` again and again, whatever the wall clock does. It decides nothing."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, timedelta

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

INTERVAL = timedelta(milliseconds=500)
AGAIN = 0.005  # seconds to the next batch while more is due: other work gets its turn between
SILENT = 4  # intervals without a tick after which the scheduler is set going again


class Alarm:
    """An APScheduler job in UTC that calls `tick() -> bool` (True: more is due already).

    APScheduler counts in wall time: a clock that is set back an hour would silence it for an hour.
    So a monotonic timer of the loop looks after it and sets the job's next run anew.
    """

    def __init__(self, tick: Callable[[], bool], ticked: Callable[[], None] = lambda: None) -> None:
        self._tick = tick
        self._ticked = ticked  # told after each tick: the watchdog's sign of life
        self._scheduler = AsyncIOScheduler(executors={"default": AsyncIOExecutor()}, timezone=UTC)
        self._last = 0.0
        self.lag = 0.0  # seconds by which the loop came late to the last look
        self._guard: asyncio.TimerHandle | None = None
        self._again: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._last = self._look_due = self._loop.time()
        self._scheduler.add_job(
            self._ring,
            _regularly(),
            id="tick",
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        self._scheduler.start()
        self._look_after()

    def stop(self) -> None:
        """End; no tick comes any more."""
        for timer in (self._guard, self._again):
            if timer is not None:
                timer.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def ring(self) -> None:
        """Tick now, and again soon while more is due."""
        self._last = self._loop.time()
        try:
            more = self._tick()
        except Exception:  # the shell: a bug must not end the refreshing
            log.exception("alarm.tick_failed")
            return
        self._ticked()
        if more:
            if self._again is not None:
                self._again.cancel()
            self._again = self._loop.call_later(AGAIN, self.ring)

    async def _ring(self) -> None:
        self.ring()  # a coroutine, so that APScheduler runs it on the loop and not in a thread

    def _look_after(self) -> None:
        every = INTERVAL.total_seconds()
        self.lag = max(0.0, self._loop.time() - self._look_due)
        if self._loop.time() - self._last > SILENT * every:
            late = round(self._loop.time() - self._last, 1)
            log.warning("alarm.late", extra={"seconds_since_tick": late})
            self.ring()
            self._scheduler.reschedule_job("tick", trigger=_regularly())
        self._look_due = self._loop.time() + SILENT * every
        self._guard = self._loop.call_at(self._look_due, self._look_after)


def _regularly() -> IntervalTrigger:
    """Made here: a name would have APScheduler search every installed package for its class."""
    return IntervalTrigger(seconds=INTERVAL.total_seconds(), timezone=UTC)
