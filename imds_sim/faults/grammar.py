"""Faults as text: `TARGET:EFFECT[=VALUE][+SKIP][*COUNT][~PROBABILITY]`, joined by `&`."""

import re
from difflib import get_close_matches

from imds_sim.faults.catalogue.contents import EFFECTS, effect_named
from imds_sim.faults.effect import Effect
from imds_sim.faults.errors import FaultInvalid
from imds_sim.faults.match import Target
from imds_sim.faults.scenario import Scenario, Step

FORM = "TARGET:EFFECT[=VALUE][+SKIP][*COUNT][~PROBABILITY]"
MAX_LENGTH = 512  # characters
MAX_STEPS = 8
MAX_NUMBER = 1_000_000
# What a client's token file does is set where the client is started: the value of --token-file.
TOKEN_FILES = {
    "token-rotates": "rotates",
    "token-file-newline": "newline",
    "token-file-missing": "missing",
    "token-file-crlf": "crlf",
}
# What the same things are called elsewhere.
OTHER_NAMES = {
    "not-json": "bad-json",
    "empty-200": "empty",
    "oversize": "huge",
    "short-lived": "life",
    "extra-fields": "extra",
    "missing-field": "missing",
    "connection-close": "close-each",
    "timeout": "hang",
    "off": "disabled",
}

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
    return Scenario(tuple(_step(part) for part in parts))


def _step(text: str) -> Step:
    match = _STEP.fullmatch(text)
    if match is None:
        near = _nearest(text)
        hint = f"did you mean {near}?" if near else "see: imds-sim fault catalogue"
        raise FaultInvalid(f"{text!r} is not a fault: write {FORM}; {hint}")
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
        near = _nearest(text) or _nearest_in(name, [each.value for each in Target])
        hint = f"did you mean {near}?" if near else f"there are {', '.join(Target)}"
        raise FaultInvalid(f"{text!r}: there is no target {name!r}; {hint}")
    return Target(name)


def _effect(target: Target, name: str, text: str) -> Effect:
    effect = effect_named(target, name)
    if effect is not None:
        return effect
    if (how := TOKEN_FILES.get(name.replace("_", "-"))) is not None:
        raise FaultInvalid(
            f"{text!r}: not a fault but about the client's token file: "
            f"imds-sim run --token-file {how} -- COMMAND"
        )
    known = list(EFFECTS[target])
    near = OTHER_NAMES.get(name) if OTHER_NAMES.get(name) in known else _nearest_in(name, known)
    near = near or _elsewhere(name)
    if near is None:
        hint = f"{target} has {', '.join(EFFECTS[target])}"
    else:
        hint = f"did you mean {near if ':' in near else f'{target}:{near}'}?"
    raise FaultInvalid(f"{text!r}: {target} has no {name!r}; {hint}")


def _nearest(text: str) -> str | None:
    known = [f"{target}:{name}" for target, effects in EFFECTS.items() for name in effects]
    return _nearest_in(re.split(r"[=+*~]", text)[0], known)


def _elsewhere(name: str) -> str | None:
    """The effect of any target that is called so, or nearly."""
    owners = {each: target for target, effects in EFFECTS.items() for each in effects}
    near = _nearest_in(name, list(owners))
    return None if near is None else f"{owners[near]}:{near}"


def _nearest_in(word: str, known: list[str]) -> str | None:
    found = get_close_matches(word.lower().replace("_", "-"), known, n=1)
    return found[0] if found else None


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
