"""Where a fault can hit at all: a step that no request meets is a mistake, and is told as one."""

from collections.abc import Collection, Iterator
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from imds_sim.faults.match import Aim, Asked, Occasion, Target
from imds_sim.kernel.exchange import Surface

if TYPE_CHECKING:
    from imds_sim.faults.scenario import Scenario, Step

# What requests are after where workloads are known by what they show; elsewhere it is OTHER.
_OF_WORKLOADS = (Asked.CREDENTIALS, Asked.OTHER)
_ASKED: dict[Surface, tuple[Asked, ...]] = {
    Surface.IMDS: tuple(Asked),
    Surface.ECS: _OF_WORKLOADS,
    Surface.EKS: _OF_WORKLOADS,
    Surface.LAMBDA: _OF_WORKLOADS,
    Surface.GENERIC: _OF_WORKLOADS,
    Surface.EKS_PROBES: (Asked.OTHER,),
    Surface.STS: (Asked.OTHER,),
}


def surfaces_of(step: "Step") -> frozenset[Surface]:
    """The surfaces with requests that a step can hit."""
    return _surfaces(step.effect.aim, step.target)


def surfaces_of_target(target: Target) -> frozenset[Surface]:
    """The surfaces with requests that a target means."""
    return _surfaces(Aim.TARGET, target)


def out_of_reach(scenario: "Scenario", within: Collection[Surface]) -> "Step | None":
    """The first step that hits no request on the surfaces `within`; None if all of them can."""
    return next((s for s in scenario.steps if surfaces_of(s).isdisjoint(within)), None)


def why_not_on(scenario: "Scenario", surface: Surface) -> str | None:
    """Why some of it never hits on a surface, if so."""
    step = out_of_reach(scenario, (surface,))
    if step is None:
        return None
    return f"{step} hits on {listed(surfaces_of(step))} only, never on {surface}"


def why_not_for(
    scenario: "Scenario", whose: str, known_on: Surface, surface: Surface | None = None
) -> str | None:
    """Why some of it never hits a workload's requests, on `surface` alone if given, if so."""
    known = f"requests are known as those of {whose} on {known_on} only"
    if step := out_of_reach(scenario, (known_on,)):
        return f"{step} hits on {listed(surfaces_of(step))} only, and {known}; leave as out"
    if surface not in (None, known_on):
        return f"{known}, never on {surface}; leave one of as and surface out"
    return None


def listed(surfaces: Collection[Surface]) -> str:
    """Surfaces by name, in the order of the `listen` keys."""
    return " and ".join(each for each in Surface if each in surfaces)


@cache
def _surfaces(aim: Aim, target: Target) -> frozenset[Surface]:
    return frozenset(
        surface
        for surface in Surface
        if any(aim.hits(target, occasion) for occasion in _occasions(surface))
    )


def _occasions(surface: Surface) -> Iterator[Occasion]:
    """Every kind of request that can come on a surface."""
    either = (False, True) if surface is Surface.IMDS else (False,)
    for asked, extended, v1, presents in product(_ASKED[surface], either, either, either):
        yield Occasion(surface, asked, None, "", True, extended, v1, presents)
