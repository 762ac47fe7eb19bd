"""Faults as text: `TARGET:EFFECT[=VALUE][+SKIP][*COUNT][~PROBABILITY]`, joined by `&`."""

import re

from imds_sim.faults.catalogue.contents import effect_named
from imds_sim.faults.effect import Effect
from imds_sim.faults.errors import FaultInvalid
from imds_sim.faults.match import Target
from imds_sim.faults.meant import cure
from imds_sim.faults.scenario import Scenario, Step

FORM = "TARGET:EFFECT[=VALUE][+SKIP][*COUNT][~PROBABILITY]"
MAX_LENGTH = 512  # characters
MAX_STEPS = 8
MAX_NUMBER = 1_000_000

_STEP = re.compile(
    r"(?P<target>[A-Za-z0-9]+):(?P<name>[A-Za-z0-9-]+)(?:=(?P<value>[ -~]+?))?"
    r"(?:\+(?P<skip>[0-9]{1,7}))?(?:\*(?P<count>[0-9]{1,7}))?(?:~(?P<probability>[0-9.]{1,6}))?",
    re.ASCII,
)
_PROBABILITY = re.compile(r"1|1\.0{1,4}|0?\.[0-9]{1,4}", re.ASCII)


def parse(text: str) -> Scenario:
    """Read a fault. Raises FaultInvalid, with the nearest name for an unknown one."""
    if len(text) > MAX_LENGTH:
        raise FaultInvalid(f"a fault has {MAX_LENGTH} characters at most")
    parts = text.split("&")
    if len(parts) > MAX_STEPS:
        raise FaultInvalid(f"a fault joins {MAX_STEPS} at most")
    if len(parts) > 1 and "" in parts:
        raise FaultInvalid(f"{text!r}: & joins two faults; one of them is missing")
    return Scenario(tuple(_step(part) for part in parts))


def _step(text: str) -> Step:
    match = _STEP.fullmatch(text)
    if match is None:
        raise FaultInvalid(f"{text!r} is not a fault: write {FORM}; {cure(text)}")
    target = _target(match["target"], text)
    effect = _effect(target, match["name"], text)
    value = match["value"]
    try:
        hand = effect.hand(value)
    except FaultInvalid as error:
        raise FaultInvalid(f"{target}:{error}") from None
    return Step(
        target=target,
        name=effect.name,
        value=value,
        skip=_number(match["skip"], text, "+", 0) or 0,
        count=_number(match["count"], text, "*", 1),
        probability=_probability(match["probability"], text),
        effect=effect,
        hand=hand,
    )


def _target(name: str, text: str) -> Target:
    if name not in set(Target):
        raise FaultInvalid(f"{text!r}: there is no target {name!r}; {cure(text)}")
    return Target(name)


def _effect(target: Target, name: str, text: str) -> Effect:
    effect = effect_named(target, name)
    if effect is None:
        raise FaultInvalid(f"{text!r}: {target} has no {name!r}; {cure(text)}")
    return effect


def _number(digits: str | None, text: str, mark: str, least: int) -> int | None:
    if digits is None:
        return None
    if not least <= int(digits) <= MAX_NUMBER:
        raise FaultInvalid(f"{text!r}: {mark} takes {least} to {MAX_NUMBER}")
    return int(digits)


def _probability(digits: str | None, text: str) -> float:
    if digits is None:
        return 1.0
    if _PROBABILITY.fullmatch(digits) is None or not float(digits):
        raise FaultInvalid(f"{text!r}: ~ takes a probability above 0, at most 1, in four decimals")
    return float(digits)
