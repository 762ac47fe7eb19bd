"""What was meant by what is no fault: its name elsewhere, else the nearest one here.

Spellings of elsewhere are known whole, since the nearest name is often another fault:
`token:403,v2-required` is more than `token:403`. Where a fault stands without target, as in lists
of what one endpoint can do, the table has it; a target that was given is kept if it can be.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from imds_sim.faults.catalogue.contents import EFFECTS, effect_named
from imds_sim.faults.match import Target
from imds_sim.faults.reach import surfaces_of_target

_TOKEN_FILE = re.compile(r"(?:\w+:)?token-(?:file-)?(newline|crlf|missing|rotates)")
_WEATHER = re.compile(r"weather\b:?(mild|rough|wild)?.*")
_COUNTERS = re.compile(r"([+*~][0-9.]+)+$")

_WHOLE = {
    r"token:403,v2-required": r"token:403&v1:off",
    r"(?:imds:)?(?:disabled|off)": r"imds:disabled",
    r"unreachable": r"imds:unreachable",
    r"outage:after=(\d+)": r"outage:500+\1",
    r"outage:after=n": r"outage:500+3",
    r"throttle:([\d.]+)/s": r"throttle:rate=\1",
    r"throttle(?::n/s)?": r"throttle:rate=5",
    r"(?:\w+:)?http-?/?1\.?0": r"conn:http10",
    r"role:missing": r"role:none",
    r"lambda:throttle": r"lambda:429",
    r"sts:429": r"sts:throttle",
    r"eks:wrong-token": r"eks:bad-auth",
    r"lambda:wrong-token": r"lambda:bad-auth",
    r"ecs:bad-auth": r"ecs:wrong-token",
    r"(.+)\*n": r"\1*1",
    r"(\w+:[\w-]+) ?/.+": r"\1",  # several at once, like ecs:401/403/404
}
_EFFECTS = {
    r"(uninitialized|unknown-id|wrong-token)": r"ecs:\1",
    r"(bad-auth|wrong-host|token-(?:expired|not-yet-valid|unparseable))": r"eks:\1",
    r"restore": r"lambda:restore",
    r"stale": r"cred:expired",
    r"short-lived=(.+)": r"cred:life=\1",
    r"short-lived": r"cred:life=120s",
    r"(date-(?:offset|basic|missing|null)|html-500|truncated|charset|redirect)": r"cred:\1",
    r"(rotate-mid-request|rotate-without-expiry-change|assume-denied)": r"cred:\1",
    r"missing-field.*": r"cred:missing=Token",
    r"extra-fields": r"cred:extra",
    r"account-id:(on|off).*": r"cred:account-id=\1",
    r"not-json": r"cred:bad-json",
    r"empty-200": r"cred:empty",
    r"oversize": r"cred:huge",
    r"content-type:.+": r"cred:content-type=text/plain",
    r"slow:.+": r"conn:slow=1500ms",
    r"(hang|reset|refuse|chunked)": r"conn:\1",
    r"timeout": r"conn:hang",
    r"connection-close": r"conn:close-each",
}


def cure(text: str) -> str:
    """What to write for `text`, which is no fault: the end of a sentence."""
    spelled = text.lower().replace("_", "-")
    if found := _TOKEN_FILE.fullmatch(spelled):
        return f"set the client's token file: imds-sim run --token-file {found[1]} -- COMMAND"
    if found := _WEATHER.fullmatch(spelled):
        return f"it is a key of the file: weather: {{level: {found[1] or 'mild'}}}"
    head, _, name = spelled.partition(":")
    target = Target(head) if head in set(Target) else None
    elsewhere = filter(_is_here, _known_elsewhere(spelled, target))
    meant = next(elsewhere, None) or _nearest(spelled, target, name)
    if meant is not None:
        return f"did you mean {meant}?"
    if target is not None:
        return f"{target} has {', '.join(EFFECTS[target])}"
    return f"there are {', '.join(Target)}" if name else "see: imds-sim fault catalogue"


def _known_elsewhere(spelled: str, target: Target | None) -> Iterator[str]:
    """Faults that elsewhere have this name, or have it without what counts at its end."""
    for text in dict.fromkeys((spelled, _COUNTERS.sub("", spelled))):
        for pattern, fault in _WHOLE.items():
            if found := re.fullmatch(pattern, text):
                yield found.expand(fault)
        name = text if target is None else text.partition(":")[2]
        for pattern, fault in _EFFECTS.items():
            if found := re.fullmatch(pattern, name):
                own, effect = found.expand(fault).split(":", 1)
                if target is not None:
                    yield f"{target}:{effect}"
                if target is None or _meet(target, Target(own)):
                    yield f"{own}:{effect}"


def _is_here(fault: str) -> bool:
    """Whether every step of it is in the catalogue; its values are not looked at."""
    steps = [re.split(r"[=+*~]", step)[0].partition(":") for step in fault.split("&")]
    return all(
        target in set(Target) and effect_named(Target(target), name) for target, _, name in steps
    )


def _nearest(spelled: str, target: Target | None, name: str) -> str | None:
    """The nearest fault: of the target, else of one that meets the same requests."""
    name = re.split(r"[=+*~]", name)[0]
    if target is None:
        known = [f"{each}:{effect}" for each, effects in EFFECTS.items() for effect in effects]
        near = _near(re.split(r"[=+*~]", spelled)[0], known)
        return near or _near(spelled.partition(":")[0], list(Target))
    if near := _near(name, list(EFFECTS[target])):
        return _written(target, near)
    owners = {
        effect: each
        for each, effects in EFFECTS.items()
        if _meet(target, each)
        for effect in effects
    }
    near = _near(name, list(owners))
    return None if near is None else _written(owners[near], near)


def _written(target: Target, name: str) -> str:
    """An effect as it can be armed: with an example where it must have a value."""
    effect = EFFECTS[target][name]
    needs_value = effect.takes is not None and effect.default is None
    return f"{target}:{name}={effect.example}" if needs_value else f"{target}:{name}"


def _meet(one: Target, other: Target) -> bool:
    return not surfaces_of_target(one).isdisjoint(surfaces_of_target(other))


def _near(word: str, known: list[str]) -> str | None:
    found = get_close_matches(word, known, n=1)
    return found[0] if found else None
