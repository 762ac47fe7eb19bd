"""The faults that are armed now: added, counted, listed and cleared while requests come."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from imds_sim.faults.errors import FaultUnknown, TooManyFaults
from imds_sim.faults.hands import Limited
from imds_sim.faults.match import EVERYWHERE, Occasion, Scope
from imds_sim.faults.play import ArmedStep, Play
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy, SeededEntropy
from imds_sim.kernel.token_bucket import Rate, TokenBuckets

if TYPE_CHECKING:  # without faults nobody needs what they are made of
    from imds_sim.faults.scenario import Scenario
    from imds_sim.faults.weather import Weather

MOST = 256  # faults armed at run time; each looks at every request
_CERTAIN = 10_000


class Origin(StrEnum):
    """Where a fault was asked for."""

    FILE = "file"
    RUN_TIME = "run time"


@dataclass(frozen=True, slots=True)
class WantedFault:
    """A fault and whose requests it is for, as the file has it."""

    scenario: "Scenario"
    scope: Scope = EVERYWHERE


@dataclass(slots=True, eq=False)
class ArmedFault:
    """A fault with its number, which is not used again, and its counters.

    `hits` are requests, each counted once however many of the steps took part in its answer.
    """

    number: int
    scenario: "Scenario"
    scope: Scope
    origin: Origin
    steps: tuple[ArmedStep, ...]
    hits: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether no step of it can hit any more; it stays listed until it is cleared."""
        return all(armed.is_spent for armed in self.steps)


class ArmedFaults:
    """Those of the file and at most 256 more, oldest first; spent ones too, until they are cleared.

    `active` is whether any request has to be looked at. Each step counts the requests of all
    clients together, in the order in which they come.
    """

    def __init__(self, entropy: Entropy, clock: Clock) -> None:
        self.active = False
        self._entropy = entropy
        self._buckets = TokenBuckets(clock)
        self._faults: list[ArmedFault] = []
        self._weather: tuple[ArmedStep, ...] = ()
        self._weather_wanted: Weather | None = None
        self._weather_entropy = entropy
        self._last_number = 0

    def add(
        self, scenario: "Scenario", scope: Scope = EVERYWHERE, origin: Origin = Origin.RUN_TIME
    ) -> ArmedFault:
        """Arm a fault; its counters begin at nothing. Raises TooManyFaults."""
        if origin is Origin.RUN_TIME and self._count(origin) >= MOST:
            raise TooManyFaults(f"{MOST} faults are armed; clear some first")
        self._last_number += 1
        armed = ArmedFault(
            number=self._last_number,
            scenario=scenario,
            scope=scope,
            origin=origin,
            steps=tuple(
                ArmedStep(step, f"fault {scenario} {place}")
                for place, step in enumerate(scenario.steps)
            ),
        )
        self._faults.append(armed)
        self.active = True
        return armed

    def listed(self) -> list[ArmedFault]:
        """The armed faults, oldest first."""
        return list(self._faults)

    @property
    def weather(self) -> "Weather | None":
        """The weather that it is."""
        return self._weather_wanted

    def clear(self, number: int | None = None) -> int:
        """Disarm one fault, or all; returns how many. The weather stays. Raises FaultUnknown."""
        kept = [] if number is None else [each for each in self._faults if each.number != number]
        if number is not None and len(kept) == len(self._faults):
            numbers = ", ".join(str(each.number) for each in self._faults) or "none"
            raise FaultUnknown(f"no armed fault has the number {number}; there are {numbers}")
        cleared = len(self._faults) - len(kept)
        self._faults = kept
        self._settle()
        return cleared

    def replace(self, origin: Origin, wanted: Iterable[WantedFault]) -> None:
        """Arm these in place of all of the same origin."""
        self._faults = [each for each in self._faults if each.origin is not origin]
        for fault in wanted:
            self.add(fault.scenario, fault.scope, origin)
        self._settle()

    def set_weather(self, weather: "Weather | None") -> None:
        """Let this weather begin; None is calm."""
        self._weather, self._weather_wanted = (), weather
        if weather is not None:
            from imds_sim.faults.weather import steps_of

            seed = weather.seed
            self._weather_entropy = self._entropy if seed is None else SeededEntropy(seed)
            self._weather = tuple(
                ArmedStep(step, f"weather {step.target}:{step.name}") for step in steps_of(weather)
            )
        self._settle()

    def play(self, occasion: Occasion) -> Play | None:
        """What is made of a request, counted; None if nothing hits it."""
        play: Play | None = None
        for fault in self._faults:
            if fault.scope.holds(occasion):
                is_hit = False
                for armed in fault.steps:
                    if self._hits(armed, occasion, self._entropy):
                        play = play or Play(occasion)
                        play.take(armed, armed.step.hand)
                        is_hit = True
                fault.hits += is_hit
        for armed in self._weather:
            if self._hits(armed, occasion, self._weather_entropy):
                play = play or Play(occasion)
                play.take(armed, armed.step.hand)
        return play

    def _hits(self, armed: ArmedStep, occasion: Occasion, entropy: Entropy) -> bool:
        step = armed.step
        if not step.effect.aim.hits(step.target, occasion):
            return False
        armed.seen += 1
        if armed.seen <= step.passes or armed.is_spent:
            return False
        if step.probability < 1:
            drawn = int.from_bytes(entropy.bytes(4, armed.stream), "big") % _CERTAIN
            if drawn >= round(step.probability * _CERTAIN):
                return False
        if isinstance(step.hand, Limited):
            rate = Rate(step.hand.per_second, max(1, round(step.hand.per_second)))
            if self._buckets.take((armed.stream, occasion.surface, occasion.client), rate):
                return False
        armed.hits += 1
        return True

    def _count(self, origin: Origin) -> int:
        return sum(each.origin is origin for each in self._faults)

    def _settle(self) -> None:
        self.active = bool(self._faults or self._weather)
        if not self.active:
            self._buckets.clear()
