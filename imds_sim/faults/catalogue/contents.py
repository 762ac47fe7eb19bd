"""The catalogue: every target is registered here and nowhere else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from imds_sim.faults.catalogue.containers import ECS, EKS, LAMBDA, STS
from imds_sim.faults.catalogue.credentials import CRED, DOCUMENT
from imds_sim.faults.catalogue.everywhere import CLOCK, OUTAGE, THROTTLE
from imds_sim.faults.catalogue.metadata_tokens import TOKEN, V1
from imds_sim.faults.catalogue.roles import EXTENDED, IMDS, ROLE
from imds_sim.faults.catalogue.wire import WIRE
from imds_sim.faults.effect import Effect, status_effect
from imds_sim.faults.match import Target

_Effects = Mapping[str, Effect]

OWN: dict[Target, tuple[Effect, ...]] = {
    Target.TOKEN: TOKEN,
    Target.V1: V1,
    Target.ROLE: ROLE,
    Target.CRED: CRED,
    Target.EXTENDED: EXTENDED,
    Target.IMDS: IMDS,
    Target.ECS: ECS,
    Target.EKS: EKS,
    Target.LAMBDA: LAMBDA,
    Target.STS: STS,
    Target.CONN: WIRE,
    Target.CLOCK: CLOCK,
    Target.OUTAGE: OUTAGE,
    Target.THROTTLE: THROTTLE,
}
_NOT_ON_THE_WIRE = (Target.CLOCK, Target.THROTTLE)
_NO_STATUSES = (Target.STS, Target.CONN, Target.CLOCK, Target.THROTTLE)

EFFECTS: dict[Target, _Effects] = {
    target: {each.name: each for each in (*(() if target in _NOT_ON_THE_WIRE else WIRE), *effects)}
    for target, effects in OWN.items()
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the catalogue: a fault as it can be armed, and what it does."""

    target: Target
    fault: str
    says: str


def rows() -> Iterator[Row]:
    """Every fault, by target; what any target takes stands once, with `conn`, and what documents
    of credentials have stands with `cred`."""
    for target, effects in OWN.items():
        for effect in effects:
            if effect in DOCUMENT and target is not Target.CRED:
                continue
            yield _row(target, effect)


def rows_of(target: Target) -> Iterator[Row]:
    """Every fault of one target."""
    for effect in EFFECTS[target].values():
        yield _row(target, effect)


def _row(target: Target, effect: Effect) -> Row:
    value = f"={effect.example}" if effect.takes is not None else ""
    return Row(target, f"{target}:{effect.name}{value}", effect.says)


def effect_named(target: Target, name: str) -> Effect | None:
    """The effect of a target; any status of an error is one where the target has statuses."""
    found = EFFECTS[target].get(name)
    if found is None and name.isascii() and name.isdecimal() and target not in _NO_STATUSES:
        known = {each.value for each in HTTPStatus if each >= 400}
        return status_effect(int(name)) if len(name) == 3 and int(name) in known else None
    return found
