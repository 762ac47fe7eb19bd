"""What became of the answers to a command's requests: when each was complete, if it ever was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce

from imds_sim.faults.grammar import parse
from imds_sim.faults.hands import Carried
from imds_sim.journal.entry import Entry
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.plan import USUAL, End, WirePlan

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one request, made `asked` so long after the start of the command.

    `held` is how long it was kept back. `over` is when it was complete, or when the client went on
    without it, as far as the next request tells.
    """

    asked: timedelta
    over: timedelta
    held: timedelta
    end: End

    @property
    def is_late(self) -> bool:
        """Whether the client did not wait for the whole of it."""
        return self.over < self.asked + self.held

    @property
    def is_missing(self) -> bool:
        """Whether the client never had the whole of it, as far as it can be known."""
        return self.is_late or self.end in (End.CUT, End.RESET, End.SILENCE)


def answers(
    entries: Sequence[Entry], moments: Sequence[timedelta], ended: timedelta
) -> list[Answer]:
    """What became of each: by its moment, since a fault may move the times of entries.

    The moment is when the entry was made; `ended` is when the command did.
    """
    begun = [
        max(moment - entry.duration, NOTHING)
        for entry, moment in zip(entries, moments, strict=True)
    ]
    return [
        _answer(entry, asked, goes_on)
        for entry, asked, goes_on in zip(entries, begun, [*begun, ended][1:], strict=True)
    ]


def cut(came: Sequence[Answer]) -> frozenset[int]:
    """The places of those that ended in their middle.

    Not of those that came late: whether a client waited for one that it asks for again much later
    cannot be known.
    """
    return frozenset(place for place, answer in enumerate(came) if answer.end is End.CUT)


def _answer(entry: Entry, asked: timedelta, goes_on: timedelta) -> Answer:
    plan = _plan(entry)
    held = timedelta(seconds=plan.delay + plan.drip)
    silent = plan.end is End.SILENCE
    over = goes_on if silent else min(asked + entry.duration + held, max(goes_on, asked))
    return Answer(asked, over, held, plan.end)


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
