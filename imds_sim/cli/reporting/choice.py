"""Which scenarios to play: all that concern a workload, groups of them, or faults as written."""

from imds_sim.faults.catalogue.contents import rows
from imds_sim.faults.grammar import parse
from imds_sim.faults.match import Target

HEALTHY = "none"  # nothing goes wrong: what the others are compared with
SEQUELS = ("token:503*1", "token:403&v1:off", "role:503*1", "cred:503*1")
_METADATA = frozenset({Target.TOKEN, Target.V1, Target.ROLE, Target.EXTENDED, Target.IMDS})
OWN = {
    "instance": _METADATA,
    "task": frozenset({Target.ECS}),
    "pod": frozenset({Target.EKS}),
    "function": frozenset({Target.LAMBDA}),
}
_OF_ONE_KIND = frozenset[Target]().union(*OWN.values())


def chosen(wanted: str, kind: str) -> list[str]:
    """`all`, or groups (targets) and faults joined by commas. Raises FaultInvalid."""
    found: list[str] = []
    for part in wanted.split(","):
        if part == "all":
            found += [HEALTHY, *_of_kind(kind)]
        elif part == HEALTHY:
            found.append(part)
        elif part in set(Target):
            found += [each for each in _all() if parse(each).steps[0].target == part]
        else:
            parse(part)
            found.append(part)
    return list(dict.fromkeys(found))


def _all() -> list[str]:
    return [*(row.fault for row in rows()), *SEQUELS]


def _of_kind(kind: str) -> list[str]:
    foreign = _OF_ONE_KIND - OWN.get(kind, frozenset())
    return [each for each in _all() if not {step.target for step in parse(each).steps} & foreign]
