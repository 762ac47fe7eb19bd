"""GetFederationToken: credentials for somebody whom a user vouches for, under a name it chooses.

Source: STS API Reference, GetFederationToken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from imds_sim.iam.principals import FederatedUserPrincipal, RootPrincipal
from imds_sim.kernel.arn import Arn
from imds_sim.sts import context_keys, limits
from imds_sim.sts.authority import Authority, Credentials, Proposal
from imds_sim.sts.callers import check_caller
from imds_sim.sts.constraints import duration_violations, text_violations
from imds_sim.sts.contents import SessionContents
from imds_sim.sts.errors import ValidationError
from imds_sim.sts.role_authorization import TAG_SESSION
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.session_policies import check_existence, check_policies, policy_violations
from imds_sim.sts.session_request import token_size_violations
from imds_sim.sts.signer import Signer
from imds_sim.sts.tags import Tag, session_tags, tag_violations

GET_FEDERATION_TOKEN = "sts:GetFederationToken"


@dataclass(frozen=True, slots=True)
class GetFederationTokenRequest:
    """What is asked for. `duration` is 15 minutes to 36 hours; root gets an hour at most."""

    name: str
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    duration: timedelta = limits.DEFAULT_USER_DURATION
    tags: tuple[Tag, ...] = ()
    minimum_session_token_size: int | None = None

    def violations(self) -> list[str]:
        """Every constraint that the request breaks."""
        return [
            *text_violations("name", self.name, limits.FEDERATED_USER_NAME),
            *policy_violations(self.policy, self.policy_arns),
            *duration_violations(
                "durationSeconds", self.duration, limits.MIN_DURATION, limits.MAX_USER_DURATION
            ),
            *tag_violations(self.tags),
            *token_size_violations(self.minimum_session_token_size),
        ]


@dataclass(frozen=True, slots=True)
class FederatedUser:
    """What GetFederationToken hands out, and who its holder is from now on.

    The packed size is always told; it is 0 without policies and tags (recorded).
    """

    credentials: Credentials
    principal: FederatedUserPrincipal


def get_federation_token(
    authority: Authority,
    signer: Signer,
    request: GetFederationTokenRequest,
    given: Mapping[str, str],
) -> FederatedUser:
    """Mint credentials for a federated user; `given` are condition keys of the call."""
    if broken := request.violations():
        raise ValidationError.of(broken)
    check_caller(signer, "GetFederationToken")
    caller = signer.principal
    tags, _ = session_tags(request.tags, (), {})
    check_policies(request.policy, request.policy_arns, caller.account)
    partition = Arn.parse(caller.arn).partition
    principal = FederatedUserPrincipal(signer.user, caller.account, partition, request.name)
    keys = authority.keys(signer, given)
    keys |= context_keys.of_tags(request.tags)
    authority.permit(signer, GET_FEDERATION_TOKEN, principal.arn, keys)
    if tags:
        authority.permit(signer, TAG_SESSION, principal.arn, keys)
    check_existence(request.policy_arns, authority.directory)
    duration = request.duration
    if isinstance(caller, RootPrincipal):
        duration = min(duration, limits.MAX_ROOT_DURATION)
    credentials = authority.issue(
        Proposal(
            kind=SessionKind.FEDERATED_USER,
            issuer_arn=caller.arn,
            issuer_id=caller.user_id,
            name=request.name,
            duration=duration,
            stream=f"federated users of {caller.arn}",
            contents=SessionContents(request.policy, request.policy_arns, tags),
            minimum_size=request.minimum_session_token_size or 0,
        )
    )
    return FederatedUser(credentials, principal)
