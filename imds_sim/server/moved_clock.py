"""The clock of a running simulator, for other threads: they read it, the loop's thread moves it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from imds_sim.kernel.clock import Clock
from imds_sim.server.runtime import Runtime


class OnTheLoop(Protocol):
    """Runs a function of the runtime on the loop's thread and waits for it."""

    def __call__(self, function: Callable[[Runtime], None], /) -> None: ...


@dataclass(frozen=True, slots=True)
class MovedClock:
    """Ages the service, never the client: signature windows and the HTTP Date stay real."""

    _clock: Clock
    _call: OnTheLoop

    def now(self) -> datetime:
        """The simulator's time: it decides what is expired and what is due."""
        return self._clock.now()

    def wall(self) -> datetime:
        """The real time."""
        return self._clock.wall()

    def advance(self, by: timedelta) -> None:
        """Move the simulator's time; negative moves back. What falls due is minted at once, at
        most 50 sets before this returns and the rest right after.

        Raises ShiftTooFar beyond ten years from the real time, SimulatorStopped.
        """
        if not isinstance(by, timedelta):
            raise TypeError(f"by must be a timedelta, timedelta(minutes=5) say, not {by!r}")
        self._call(lambda runtime: runtime.advance(by))

    def freeze(self) -> None:
        """Let the simulator's time stand still; `advance` moves it on. Raises SimulatorStopped."""
        self.speed(0)

    def speed(self, factor: float) -> None:
        """Let the simulator's time go `factor` times as fast as the real one, 86,400 at most; 1 is
        the usual pace. What falls due on the way is minted within a second of real time.

        Raises RateImpossible, SimulatorStopped.
        """
        if isinstance(factor, bool) or not isinstance(factor, int | float):
            raise TypeError(
                f"factor must be a number, 60 makes a minute of every second, not {factor!r}"
            )
        self._call(lambda runtime: runtime.set_rate(factor))

    def reset(self) -> None:
        """Let the simulator's time be the real one again. Raises SimulatorStopped."""
        self._call(Runtime.reset_clock)
