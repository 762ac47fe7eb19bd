"""When a command asked what: its requests, waits and pauses, and its end, on a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce

from imds_sim.cli.reporting.play import Played
from imds_sim.faults.grammar import parse
from imds_sim.faults.hands import Carried
from imds_sim.journal.behaviour import retries
from imds_sim.journal.entry import Entry
from imds_sim.journal.request_name import is_named
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.plan import USUAL, End, WirePlan

NOTHING = timedelta()
SHORTEST = timedelta(milliseconds=1)  # of a line: nothing divides by zero
TICKS = 6  # on a line, at most
SHOWN = 500  # requests of one run, at most
METADATA = ("token", "role", "cred")
LANES = (*METADATA, *(str(each) for each in Surface))  # top to bottom


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, made `at` so long after the first.

    `held` is how long the answer was kept back. `over` is when it was complete, or when the client
    went on without it, as far as the next request tells. `paused` is how long it waited before it
    asked again what had failed.
    """

    entry: Entry
    lane: str
    at: timedelta
    over: timedelta
    held: timedelta
    end: End
    paused: timedelta | None = None

    @property
    def is_answered_in_vain(self) -> bool:
        """Whether the client did not wait for the whole answer."""
        return self.over < self.at + self.held


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a lane: a wait for an answer, or a pause before a request is made again."""

    kind: str
    lane: str
    since: timedelta
    until: timedelta


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A run, from its first request to its end; `start` is how long it ran before.

    `unshown` requests came after those that are here.
    """

    start: timedelta
    span: timedelta
    asked: tuple[Asked, ...]
    bands: tuple[Band, ...]
    unshown: int

    def place(self, at: timedelta) -> float:
        """Where a moment stands, in percent of the line."""
        return round(100 * min(max(at / self.span, 0), 1), 3)


def time_line(played: Played) -> TimeLine:
    """The line of one run: by its moments, since a fault may move the times of its entries."""
    begun = [
        max(moment - entry.duration, NOTHING)
        for entry, moment in zip(played.entries, played.moments, strict=True)
    ]
    start = begun[0] if begun else NOTHING
    span = max(played.elapsed - start, SHORTEST)
    asked: list[Asked] = []
    bands: list[Band] = []
    failed = {place: before for before, place in retries(played.entries)}
    for place, entry in enumerate(played.entries[:SHOWN]):
        at = begun[place] - start
        until = begun[place + 1] - start if place + 1 < len(begun) else span
        lane, plan = lane_of(entry), _plan(entry)
        held = timedelta(seconds=plan.delay + plan.drip)
        silent = plan.end is End.SILENCE
        over = until if silent else min(at + entry.duration + held, max(until, at))
        paused = None
        if place in failed:
            since = asked[failed[place]].over
            paused = max(at - since, NOTHING)
            bands.append(Band("pause", lane, since, at))
        if silent or held:
            bands.append(Band("wait", lane, at, over))
        asked.append(Asked(entry, lane, at, over, held, plan.end, paused))
    return TimeLine(start, span, tuple(asked), tuple(bands), len(begun) - len(asked))


def lane_of(entry: Entry) -> str:
    """What was asked for where that is the credentials of an instance, else the surface."""
    on_imds = entry.surface == Surface.IMDS
    found = (each for each in METADATA if on_imds and is_named(entry, each))
    return next(found, entry.surface)


def ticks(span: timedelta) -> list[timedelta]:
    """Round moments from 0 on, as many as a line can bear."""
    seconds = span.total_seconds()
    step = 0.001
    for factor in (2, 2.5, 2) * 8:
        if seconds / step < TICKS:
            break
        step *= factor
    return [timedelta(seconds=step * each) for each in range(int(seconds / step) + 1)]


def _plan(entry: Entry) -> WirePlan:
    """How the answer went out: what the faults that took part did to it on the wire."""
    faults = entry.fault.split("&") if entry.fault else []
    hands = [parse(each).steps[0].hand for each in faults]
    plans: Sequence[WirePlan] = [
        each.shared if each.shared and entry.surface != Surface.IMDS else each.plan
        for each in hands
        if isinstance(each, Carried)
    ]
    return reduce(WirePlan.with_, plans, USUAL)
