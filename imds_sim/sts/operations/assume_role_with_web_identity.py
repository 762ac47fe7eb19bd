"""AssumeRoleWithWebIdentity: credentials of a role for whoever holds a token of a provider.

Source: STS API Reference, AssumeRoleWithWebIdentity; botocore's model for the constraints; many
reports for the messages. That trust is asked before the signature was observed by the authors of
versitygw, that the roles claim comes before trust in CloudTrail records of 2026.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from imds_sim.iam.entities import OidcProvider, Role
from imds_sim.iam.principals import FederatedPrincipal, RoleSessionPrincipal
from imds_sim.kernel.arn import Arn, ArnMalformed
from imds_sim.sts import context_keys, limits
from imds_sim.sts.audit.identity import Identity, of_web_identity
from imds_sim.sts.authority import Authority, Credentials, Proposal
from imds_sim.sts.constraints import text_violations
from imds_sim.sts.contents import SessionContents
from imds_sim.sts.errors import (
    AccessDenied,
    ValidationError,
)
from imds_sim.sts.federation import claim_keys
from imds_sim.sts.federation.errors import (
    IdpCommunicationError,
    IdpRejectedClaim,
    InvalidIdentityToken,
)
from imds_sim.sts.federation.issuers import Issuers
from imds_sim.sts.federation.oidc import WebIdentity, issuer_of, judged
from imds_sim.sts.federation.session_claims import (
    is_authorized_by_idp,
    source_identity_in,
    tags_in,
)
from imds_sim.sts.federation.web_identity_token import UnprovenToken, read_token
from imds_sim.sts.role_authorization import actions_taken, permit_role, role_keys
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.session_policies import check_existence, check_policies
from imds_sim.sts.session_request import FederatedSessionRequest, check_role_limit
from imds_sim.sts.tags import session_tags

ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
OAUTH_PROVIDERS = frozenset({"www.amazon.com", "graph.facebook.com"})


@dataclass(frozen=True, slots=True)
class AssumeRoleWithWebIdentityRequest(FederatedSessionRequest):
    """What is asked for; the duration goes on when the token expires.

    `provider_id` names a provider of OAuth access tokens.
    """

    role_arn: str
    role_session_name: str
    web_identity_token: str = field(repr=False)
    provider_id: str | None = None

    def violations(self) -> list[str]:
        """Every constraint that the request breaks, in the model's order."""
        return [
            *text_violations("roleArn", self.role_arn, limits.ARN),
            *text_violations("roleSessionName", self.role_session_name, limits.ROLE_SESSION_NAME),
            *text_violations(
                "webIdentityToken", self.web_identity_token, limits.WEB_IDENTITY_TOKEN, secret=True
            ),
            *text_violations("providerId", self.provider_id, limits.PROVIDER_ID),
            *self.session_violations(),
        ]


@dataclass(frozen=True, slots=True)
class RoleAssumedWithWebIdentity:
    """What AssumeRoleWithWebIdentity hands out, to whom, and on whose word.

    `packed_size` is None if neither policies nor tags were put into the session.
    `is_authorized_by_idp` says whether the token listed the role.
    """

    credentials: Credentials
    principal: RoleSessionPrincipal
    identity: WebIdentity
    contents: SessionContents
    packed_size: int | None = None
    source_identity: str | None = None
    is_authorized_by_idp: bool = False

    @property
    def provider(self) -> str:
        """The ARN of the provider, as `Provider` has it in real answers."""
        return self.identity.provider.arn


def assume_role_with_web_identity(
    authority: Authority,
    issuers: Issuers,
    request: AssumeRoleWithWebIdentityRequest,
    given: Mapping[str, str],
    known: Callable[[Identity], None],
) -> RoleAssumedWithWebIdentity:
    """Mint credentials on the word of a token; `given` are condition keys of the connection.

    `known` is told who calls where the audit names them: if trust denies it, and once the signature
    has proven the token. What no provider vouches for leaves no record (reports of users; IAM User
    Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail").

    Parameters come first, then what the token says, then trust, then the signature, then the role's
    own limit: nothing is handed out before all of them.
    """
    if broken := request.violations():
        raise ValidationError.of(broken)
    account = _account_of(request.role_arn)
    check_policies(request.policy, request.policy_arns, account)
    if request.provider_id is not None:
        _refuse_access_token(request.provider_id)
    token = read_token(request.web_identity_token)
    identity = judged(token.claims, _provider(authority, token, account), authority.clock.now())
    caller = of_web_identity(identity.provider.arn, identity.audience, identity.subject, account)
    try:
        admission = admit(authority, request, identity, given)
    except AccessDenied:
        known(caller)
        raise
    role, contents = admission.role, admission.contents
    _check_signature(issuers, identity.provider, token)
    known(caller)
    check_role_limit(role, request.duration)
    check_existence(request.policy_arns, authority.directory)
    principal = RoleSessionPrincipal(role, request.role_session_name)
    credentials = authority.issue(
        Proposal(
            kind=SessionKind.ROLE,
            issuer_arn=role.arn,
            issuer_id=role.unique_id,
            name=principal.session_name,
            duration=request.duration,
            stream=f"session of {role.arn} for {identity.provider.arn}",
            context=claim_keys.lasting(identity),
            contents=contents,
            source_identity=admission.source_identity,
            minimum_size=request.minimum_session_token_size or 0,
        )
    )
    return RoleAssumedWithWebIdentity(
        credentials,
        principal,
        identity,
        contents,
        None if contents.is_empty else credentials.packed_size,
        admission.source_identity,
        admission.is_authorized_by_idp,
    )


@dataclass(frozen=True, slots=True)
class Admission:
    """What a token's claims make of a session, once its role trusts them."""

    role: Role
    contents: SessionContents
    source_identity: str | None
    is_authorized_by_idp: bool


def admit(
    authority: Authority,
    request: AssumeRoleWithWebIdentityRequest,
    identity: WebIdentity,
    given: Mapping[str, str],
) -> Admission:
    """The session that `identity` may have, all but proven.

    Raises InvalidIdentityToken, InvalidParameterValue, AccessDenied.
    """
    claims = identity.claims
    is_authorized = is_authorized_by_idp(claims, request.role_arn)
    tags, transitive_tag_keys = tags_in(claims)
    session, transitive = session_tags(tags, transitive_tag_keys, {})
    contents = SessionContents(request.policy, request.policy_arns, session, transitive)
    source_identity = source_identity_in(claims)
    keys = {
        **claim_keys.of_web_identity(identity),
        **context_keys.of_tags(tags, transitive_tag_keys),
        "sts:RoleAuthorizedByIdp": "true" if is_authorized else "false",
    }
    role = _trusting_role(authority, request, identity, contents, source_identity, given, keys)
    return Admission(role, contents, source_identity, is_authorized)


def _account_of(role_arn: str) -> str:
    """The account whose providers count."""
    try:
        arn = Arn.parse(role_arn)
    except ArnMalformed:
        raise ValidationError("Request ARN is invalid") from None
    if arn.service != "iam" or not arn.resource.startswith("role/"):
        raise ValidationError("Request ARN is invalid")
    return arn.account


def _refuse_access_token(provider_id: str) -> None:
    """Access tokens are judged by whoever issued them: here nobody did."""
    if provider_id not in OAUTH_PROVIDERS:
        raise ValidationError(f"{provider_id} is invalid")
    raise IdpRejectedClaim(f"{provider_id} has issued no token here")


def _provider(authority: Authority, token: UnprovenToken, account: str) -> OidcProvider:
    issuer = issuer_of(token.claims)
    provider = authority.directory.oidc_provider(account, issuer)
    if provider is None:
        raise InvalidIdentityToken(f"No OpenIDConnect provider found in your account for {issuer}")
    return provider


def _trusting_role(
    authority: Authority,
    request: AssumeRoleWithWebIdentityRequest,
    identity: WebIdentity,
    contents: SessionContents,
    source_identity: str | None,
    given: Mapping[str, str],
    keys: context_keys.Keys,
) -> Role:
    """The role, if it exists and its trust policy allows every action of the call.

    AWS does not tell a role that is missing from one that is forbidden, nor which action it is.
    """
    action = ASSUME_ROLE_WITH_WEB_IDENTITY
    role = authority.directory.role_with_arn(request.role_arn)
    if role is None:
        raise AccessDenied.to_federated(action, "there is no such role")
    holder = FederatedPrincipal(identity.provider.arn)
    common = role_keys(authority, holder, role, request.role_session_name, source_identity, given)
    actions = actions_taken(
        action, tags=bool(contents.tags), source_identity=source_identity is not None
    )
    try:
        permit_role(authority, holder, role, actions, {**keys, **common})
    except AccessDenied as denied:
        raise AccessDenied.to_federated(action, denied.detail or "") from None
    return role


def _check_signature(issuers: Issuers, provider: OidcProvider, token: UnprovenToken) -> None:
    if not provider.is_reachable:
        raise IdpCommunicationError(f"{provider.issuer} is declared not to be reachable")
    from imds_sim.sts.federation.jose import KeyUnknown, SignatureWrong

    try:
        issuers.key_set(provider).verify(token.text, token.algorithm, token.kid)
    except KeyUnknown as unknown:
        raise InvalidIdentityToken(
            "Couldn't retrieve verification key from your identity provider,  please reference "
            "AssumeRoleWithWebIdentity documentation for requirements",
            detail=str(unknown),
        ) from None
    except SignatureWrong as wrong:
        raise InvalidIdentityToken.not_validated(str(wrong)) from None
