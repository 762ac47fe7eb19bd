"""What an evaluation is given: one request, and the policies that have a say in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from imds_sim.iam.accounts import Levels
from imds_sim.iam.context import ContextValue
from imds_sim.iam.document import NamedPolicy, Policy
from imds_sim.iam.principals import Requester


@dataclass(frozen=True, slots=True)
class SessionPolicies:
    """What a session is restricted by: what any of `policies` allows, and nothing else."""

    policies: tuple[Policy, ...]


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """One action on one resource by one requester.

    `action` is `sts:AssumeRole`; `resource` an ARN, or `*` for an action that has none.
    `resource_account` is its owner, None for the requester's own account. `context` holds condition
    keys in any case.
    """

    principal: Requester
    action: str
    resource: str
    resource_account: str | None = None
    context: Mapping[str, ContextValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Every policy that has a say.

    `identity`, `boundary`, `session` and `scps` are the requester's, `resource` (a role's trust
    policy, or any other resource-based one) and `rcps` the resource's. None is absence: no boundary
    and no session policies restrict nothing; without `resource` nobody is let in from outside.
    """

    identity: tuple[NamedPolicy, ...] = ()
    boundary: Policy | None = None
    session: SessionPolicies | None = None
    resource: Policy | None = None
    scps: Levels = ()
    rcps: Levels = ()
