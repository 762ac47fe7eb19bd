"""Why a role can or cannot be assumed: the call is rehearsed and its decisions are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from imds_sim.iam.decision import Decision
from imds_sim.simulator.asker import ANY_SESSION, Simulated, asker_named, role_named
from imds_sim.simulator.rehearsal import Rehearsal
from imds_sim.simulator.remedies import remedies
from imds_sim.sts.errors import ApiError
from imds_sim.sts.operations.assume_role import AssumeRoleRequest, assume_role


@dataclass(frozen=True, slots=True)
class Question:
    """May `principal` assume `role`? The rest are parameters of AssumeRole."""

    principal: str
    role: str
    external_id: str | None = None
    session_name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    source_identity: str | None = None
    with_mfa: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer. `refusal` is code and message of an error that comes before any policy."""

    principal: str
    role: str
    decisions: tuple[Decision, ...]
    refusal: tuple[str, str] | None
    remedies: tuple[str, ...]

    @property
    def is_allowed(self) -> bool:
        return self.refusal is None and all(each.is_allowed for each in self.decisions)

    def document(self) -> dict[str, object]:
        """The explanation as plain data for JSON."""
        refusal = self.refusal
        return {
            "allowed": self.is_allowed,
            "principal": self.principal,
            "role": self.role,
            "refusal": None if refusal is None else {"code": refusal[0], "message": refusal[1]},
            "decisions": [decision.document() for decision in self.decisions],
            "remedies": list(self.remedies),
        }


def explain(simulated: Simulated, question: Question) -> Explanation:
    """Rehearse AssumeRole and tell how it went. Raises RoleUnknown, PrincipalUnknown."""
    role = role_named(simulated.world.directory, question.role)
    asker = asker_named(simulated, question.principal, role)
    rehearsal = Rehearsal.of(simulated.sts, with_mfa=question.with_mfa)
    request = AssumeRoleRequest(
        role_arn=role.arn,
        role_session_name=question.session_name or asker.session_name or ANY_SESSION,
        external_id=question.external_id,
        tags=tuple(question.tags.items()),
        source_identity=question.source_identity,
    )
    refusal: tuple[str, str] | None = None
    try:
        assume_role(rehearsal, asker.party, request, asker.given, {})
    except ApiError as error:
        refusal = error.code, " ".join(filter(None, (error.message, error.detail)))
    directory = simulated.world.directory
    told: dict[str, None] = {}  # in order, once each
    for decision in rehearsal.decisions:
        told |= dict.fromkeys(remedies(decision, asker.party, role, directory))
    return Explanation(asker.party.arn, role.arn, tuple(rehearsal.decisions), refusal, tuple(told))
