"""Which scenarios to play: all that concern a workload, groups of them, or faults as written."""

from collections.abc import Sequence, Set

from imds_sim.faults.catalogue.contents import rows
from imds_sim.faults.grammar import parse
from imds_sim.faults.match import Target
from imds_sim.kernel.errors import SimError

ALL = "all"
HEALTHY = "none"  # nothing goes wrong: what the others are compared with
_LOST_TOKENS = ("token:delay=1500ms", "token:hang", "token:drop", "token:reset")
# IMDSv1 is closed unless a scenario opens it: who would fall back?
_FALLBACKS = (
    *("token:400", "token:401", "token:403", "token:404", "token:405", "token:500", "token:503*1"),
    *("token:no-ttl-header", "token:empty", *_LOST_TOKENS),
)
# What the catalogue has no rows for: how often, where, after what.
SEQUELS = {
    "instance": (
        *("token:503*1", "token:403&v1:off", "role:503*1", "cred:503*1", *_LOST_TOKENS),
        *(f"{each}&v1:on" for each in _FALLBACKS),
        "outage:500+3",
    ),
    **{
        kind: (
            *(f"{own}:{each}" for each in ("delay=2500ms", "hang", "reset", "503*1")),
            "outage:500+1",
        )
        for kind, own in (("task", "ecs"), ("pod", "eks"), ("function", "lambda"))
    },
}
_METADATA = frozenset({Target.TOKEN, Target.V1, Target.ROLE, Target.EXTENDED, Target.IMDS})
OWN = {
    "instance": _METADATA,
    "task": frozenset({Target.ECS}),
    "pod": frozenset({Target.EKS}),
    "function": frozenset({Target.LAMBDA}),
}
_OF_ONE_KIND = frozenset[Target]().union(*OWN.values())


class CannotConcern(SimError):
    """A scenario was asked for that this kind of workload cannot meet."""


def chosen(wanted: str, kind: str) -> list[str]:
    """`all`, or groups (targets) and faults joined by commas.

    Raises CannotConcern, FaultInvalid.
    """
    parts = wanted.split(",")
    foreign = {part: aimed for part in parts if (aimed := _foreign_targets(part, kind))}
    if foreign:
        raise CannotConcern(_refusal(list(foreign), kind, set().union(*foreign.values())))
    found: list[str] = []
    for part in parts:
        if part == ALL:
            found += [HEALTHY, *_of_kind(kind)]
        elif part in set(Target):
            found += [each for each in _of_kind(kind) if parse(each).steps[0].target == part]
        else:
            found.append(part)
    return list(dict.fromkeys(found))


def _foreign_targets(part: str, kind: str) -> set[Target]:
    """What a group or fault is aimed at, if all of it is out of the workload's sight."""
    if part in (ALL, HEALTHY):
        return set()
    targets = {Target(part)} if part in set(Target) else {each.target for each in parse(part).steps}
    return targets if targets <= _foreign(kind) else set()


def _refusal(parts: Sequence[str], kind: str, targets: Set[Target]) -> str:
    cures = " or ".join(f"--as {each.upper()}" for each, own in OWN.items() if own & targets)
    article = "an" if kind[0] in "aeio" else "a"
    return f"{', '.join(parts)} cannot concern COMMAND as {article} {kind}; run it {cures}"


def _of_kind(kind: str) -> list[str]:
    foreign = _foreign(kind)
    met = [row.fault for row in rows() if row.target not in foreign]
    return [*met, *SEQUELS.get(kind, ())]


def _foreign(kind: str) -> frozenset[Target]:
    return _OF_ONE_KIND - OWN.get(kind, frozenset())
