"""The policies of a line, each read as the kind that its key makes it."""

from collections.abc import Iterator
from dataclasses import replace

from imds_sim.cli.deciding.errors import LineInvalid, LinePath
from imds_sim.cli.deciding.shapes import Object, listed, mapping, only, required, text
from imds_sim.iam.accounts import Levels
from imds_sim.iam.document import NamedPolicy, Policy
from imds_sim.iam.errors import PolicyInvalid
from imds_sim.iam.grammar import parse_policy
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.request import EvaluationRequest, PolicySet, SessionPolicies

# IAM stores policies of the newer version only and still honours those it stored before; session
# policies have the same grammar in either version.
_GRAMMARS = {
    PolicyKind.IDENTITY: PolicyKind.SESSION,
    PolicyKind.BOUNDARY: PolicyKind.SESSION,
}

KEYS = (
    "id",
    "request",
    "identityPolicies",
    "resourcePolicy",
    "sessionPolicy",
    "permissionBoundaries",
    "serviceControlPolicies",
    "resourceControlPolicies",
)


def policy_set(line: Object, request: EvaluationRequest) -> PolicySet:
    """Every policy of a line. Raises LineInvalid with the first thing that is wrong."""
    only(line, KEYS, ())
    session = line.get("sessionPolicy")
    resource = line.get("resourcePolicy")
    return PolicySet(
        identity=tuple(
            NamedPolicy(f"identityPolicies[{index}]", policy)
            for index, policy in enumerate(_policies(line, "identityPolicies", PolicyKind.IDENTITY))
        ),
        boundary=_boundary(line),
        session=None
        if session is None
        else SessionPolicies((_policy(session, PolicyKind.SESSION, ("sessionPolicy",)),)),
        resource=None
        if resource is None
        else _policy(resource, _kind_of_resource_policy(request), ("resourcePolicy",)),
        scps=_levels(line, "serviceControlPolicies", PolicyKind.SERVICE_CONTROL),
        rcps=_levels(line, "resourceControlPolicies", PolicyKind.RESOURCE_CONTROL),
    )


def _boundary(line: Object) -> Policy | None:
    """The boundary; of several what any of them allows, as of other policies of one kind."""
    boundaries = list(_policies(line, "permissionBoundaries", PolicyKind.BOUNDARY))
    if not boundaries:
        return None
    statements = [statement for each in boundaries for statement in each.statements]
    return replace(boundaries[0], statements=tuple(statements))


def _kind_of_resource_policy(request: EvaluationRequest) -> PolicyKind:
    """A role has a trust policy, anything else a resource-based one, with other rules."""
    parts = request.resource.split(":", 5)
    is_role = len(parts) == 6 and parts[2] == "iam" and parts[5].startswith("role/")
    is_sts = request.action.lower().startswith("sts:")
    return PolicyKind.TRUST if is_role and is_sts else PolicyKind.RESOURCE


def _policies(line: Object, key: str, kind: PolicyKind) -> Iterator[Policy]:
    value = line.get(key)
    for index, each in enumerate([] if value is None else listed(value, (key,))):
        yield _policy(each, kind, (key, index))


def _levels(line: Object, key: str, kind: PolicyKind) -> Levels:
    value = line.get(key)
    levels: list[tuple[Policy, ...]] = []
    for depth, each in enumerate([] if value is None else listed(value, (key,))):
        at: LinePath = (key, depth)
        level = mapping(each, at)
        only(level, ("orgIdentifier", "policies"), at)
        text(required(level, "orgIdentifier", at), (*at, "orgIdentifier"))
        policies = listed(required(level, "policies", at), (*at, "policies"))
        levels.append(
            tuple(_policy(one, kind, (*at, "policies", i)) for i, one in enumerate(policies))
        )
    return tuple(levels)


def _policy(value: object, kind: PolicyKind, path: LinePath) -> Policy:
    try:
        return replace(parse_policy(value, _GRAMMARS.get(kind, kind)), kind=kind)
    except PolicyInvalid as invalid:
        first = invalid.problems[0]
        raise LineInvalid.at((*path, *first.path), first.message) from None
