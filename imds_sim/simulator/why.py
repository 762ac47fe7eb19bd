"""Why a role can or cannot be assumed: the call is rehearsed and its decisions are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from imds_sim.iam.decision import Decision
from imds_sim.iam.entities import OidcProvider, Role
from imds_sim.iam.principals import FederatedPrincipal
from imds_sim.simulator.asker import ANY_SESSION, Asker, Simulated, asker_named, role_named
from imds_sim.simulator.rehearsal import Rehearsal
from imds_sim.simulator.remedies import remedies
from imds_sim.sts.errors import ApiError
from imds_sim.sts.federation.oidc import WebIdentity, judged
from imds_sim.sts.federation.web_identity_token import Claims
from imds_sim.sts.operations.assume_role import AssumeRoleRequest, assume_role
from imds_sim.sts.operations.assume_role_with_web_identity import (
    AssumeRoleWithWebIdentityRequest,
    admit,
)


@dataclass(frozen=True, slots=True)
class Question:
    """May `principal` assume `role`? The rest are parameters of AssumeRole.

    Of an identity provider `claims` are asked instead: those of a token that it would sign.
    """

    principal: str
    role: str
    external_id: str | None = None
    session_name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    source_identity: str | None = None
    with_mfa: bool = False
    claims: Mapping[str, object] = field(default_factory=dict)


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
    """Rehearse the call and tell how it went. Raises RoleUnknown, PrincipalUnknown."""
    role = role_named(simulated.world.directory, question.role)
    asker = asker_named(simulated, question.principal, role)
    rehearsal = Rehearsal.of(simulated.sts, with_mfa=question.with_mfa)
    refusal: tuple[str, str] | None = None
    try:
        _rehearse(rehearsal, asker, role, question)
    except ApiError as error:
        refusal = error.code, " ".join(filter(None, (error.message, error.detail)))
    directory = simulated.world.directory
    told: dict[str, None] = {}  # in order, once each
    for decision in rehearsal.decisions:
        told |= dict.fromkeys(remedies(decision, asker.party, role, directory))
    return Explanation(asker.party.arn, role.arn, tuple(rehearsal.decisions), refusal, tuple(told))


def _rehearse(rehearsal: Rehearsal, asker: Asker, role: Role, question: Question) -> None:
    """Ask for the role as the operation would. Raises ApiError."""
    session_name = question.session_name or asker.session_name or ANY_SESSION
    if isinstance(asker.party, FederatedPrincipal):
        provider = rehearsal.directory.oidc_providers[asker.party.provider]
        identity = _web_identity(provider, question.claims, rehearsal.clock.now())
        web_request = AssumeRoleWithWebIdentityRequest(role.arn, session_name, "")
        admit(rehearsal, web_request, identity, asker.given)
        return
    request = AssumeRoleRequest(
        role_arn=role.arn,
        role_session_name=session_name,
        external_id=question.external_id,
        tags=tuple(question.tags.items()),
        source_identity=question.source_identity,
    )
    assume_role(rehearsal, asker.party, request, asker.given, {})


def _web_identity(
    provider: OidcProvider, claims: Mapping[str, object], now: datetime
) -> WebIdentity:
    """Whom a token with these claims would be about, issued now for the first audience.

    Raises InvalidIdentityToken, ExpiredWebIdentityToken.
    """
    issued_at = int(now.timestamp())
    whole: Claims = {
        "aud": provider.client_ids[0],
        "iat": issued_at,
        "exp": issued_at + 3600,
        **claims,
    }
    return judged(whole, provider, now)
