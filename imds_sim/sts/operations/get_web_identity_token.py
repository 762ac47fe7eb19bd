"""GetWebIdentityToken: a token by which others, outside of AWS, can tell who is calling.

Source: STS API Reference, GetWebIdentityToken; IAM User Guide, "Outbound identity federation" and
"Understanding token claims".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from imds_sim.iam.principals import RoleSessionPrincipal
from imds_sim.kernel.secret import Secret
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts import context_keys, limits
from imds_sim.sts.authority import Authority
from imds_sim.sts.callers import check_caller
from imds_sim.sts.constraints import (
    ABSENT,
    clause,
    duration_violations,
    list_violations,
    missing,
    text_violations,
)
from imds_sim.sts.context_keys import Keys
from imds_sim.sts.errors import (
    ValidationError,
)
from imds_sim.sts.federation.errors import (
    JwtPayloadSizeExceeded,
    OutboundFederationDisabled,
    SessionDurationEscalation,
)
from imds_sim.sts.federation.issuer import Issuer
from imds_sim.sts.federation.issuers import Issuers
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.signer import Signer
from imds_sim.sts.tags import Tag, session_tags, tag_violations

GET_WEB_IDENTITY_TOKEN = "sts:GetWebIdentityToken"
TAG_GET_WEB_IDENTITY_TOKEN = "sts:TagGetWebIdentityToken"
NAMESPACE = "https://sts.amazonaws.com/"
_PRINCIPAL_TAG = "aws:PrincipalTag/"
# Claims about the session, by the condition key that each has its value from.
_SESSION_CLAIMS = {
    "federated_provider": "aws:FederatedProvider",
    "ec2_source_instance_arn": "ec2:SourceInstanceARN",
    "ec2_instance_source_vpc": "aws:Ec2InstanceSourceVpc",
    "ec2_instance_source_private_ipv4": "aws:Ec2InstanceSourcePrivateIPv4",
    "ec2_role_delivery": "ec2:RoleDelivery",
    "source_identity": "aws:SourceIdentity",
    "lambda_source_function_arn": "lambda:SourceFunctionArn",
}


@dataclass(frozen=True, slots=True)
class GetWebIdentityTokenRequest:
    """What is asked for. `duration` is 1 minute to 1 hour; `tags` become claims."""

    audiences: tuple[str, ...]
    signing_algorithm: str
    duration: timedelta = limits.DEFAULT_WEB_IDENTITY_DURATION
    tags: tuple[Tag, ...] = ()

    def violations(self) -> list[str]:
        """Every constraint that the request breaks, in the model's order."""
        found = list_violations("audience", len(self.audiences), 1, limits.MAX_AUDIENCES)
        if not self.audiences:
            found = [missing("audience")]
        if not found:
            for number, audience in enumerate(self.audiences, 1):
                found += text_violations(f"audience.{number}.member", audience, limits.AUDIENCE)
        found += duration_violations(
            "durationSeconds",
            self.duration,
            limits.MIN_WEB_IDENTITY_DURATION,
            limits.MAX_WEB_IDENTITY_DURATION,
        )
        algorithm = self.signing_algorithm
        wrong = text_violations("signingAlgorithm", algorithm, limits.JWT_ALGORITHM)
        if algorithm is not ABSENT and not wrong and algorithm not in limits.OUTBOUND_ALGORITHMS:
            allowed = ", ".join(limits.OUTBOUND_ALGORITHMS)
            wrong = [
                clause(
                    "signingAlgorithm",
                    algorithm,
                    f"Member must satisfy enum value set: [{allowed}]",
                )
            ]
        return [*found, *wrong, *tag_violations(self.tags)]


@dataclass(frozen=True, slots=True)
class OutboundToken:
    """What GetWebIdentityToken hands out."""

    web_identity_token: Secret
    expires_at: datetime
    claims: Mapping[str, object] = field(repr=False)


def get_web_identity_token(
    authority: Authority,
    issuers: Issuers,
    signer: Signer,
    request: GetWebIdentityTokenRequest,
    given: Mapping[str, str],
) -> OutboundToken:
    """Sign a token about `signer`; `given` are condition keys of the call."""
    if broken := request.violations():
        raise ValidationError.of(broken)
    check_caller(signer, "GetWebIdentityToken")
    tags, _ = session_tags(request.tags, (), {})
    keys = authority.keys(signer, given)
    asked: Keys = {
        **context_keys.of_tags(request.tags),
        "sts:IdentityTokenAudience": request.audiences,
        "sts:DurationSeconds": str(int(request.duration.total_seconds())),
        "sts:SigningAlgorithm": request.signing_algorithm,
    }
    authority.permit(signer, GET_WEB_IDENTITY_TOKEN, "*", {**keys, **asked})
    if tags:
        authority.permit(signer, TAG_GET_WEB_IDENTITY_TOKEN, "*", {**keys, **asked})
    issuer = _issuer(authority, issuers, signer)
    expires_at = authority.clock.now().replace(microsecond=0) + request.duration
    if signer.session is not None and expires_at > signer.session.expires_at:
        raise SessionDurationEscalation
    return _signed(issuer, request, _about(signer, keys, tags), expires_at)


def _issuer(authority: Authority, issuers: Issuers, signer: Signer) -> Issuer:
    account = authority.directory.accounts.get(signer.principal.account)
    if account is None or account.outbound_issuer is None:
        raise OutboundFederationDisabled
    return issuers.outbound(account.outbound_issuer)


def _about(signer: Signer, keys: Keys, tags: Mapping[str, str]) -> dict[str, object]:
    """The claims; those that have nothing to say are left out."""
    principal = signer.principal
    subject = principal.role.arn if isinstance(principal, RoleSessionPrincipal) else signer.arn
    paths = keys.get("aws:PrincipalOrgPaths", ())
    told: dict[str, object] = {
        "aws_account": principal.account,
        "source_region": keys["aws:RequestedRegion"],
        "org_id": keys.get("aws:PrincipalOrgID"),
        "ou_path": paths[0] if paths else None,
        "principal_id": subject,
        "principal_tags": {
            key.removeprefix(_PRINCIPAL_TAG): value
            for key, value in keys.items()
            if key.startswith(_PRINCIPAL_TAG)
        },
        **{claim: keys.get(key) for claim, key in _SESSION_CLAIMS.items()},
        "request_tags": dict(tags),
    }
    if signer.session is not None and signer.kind is SessionKind.ROLE:
        told["original_session_exp"] = iso_seconds(signer.session.expires_at)
    return {"sub": subject, NAMESPACE: {name: value for name, value in told.items() if value}}


def _signed(
    issuer: Issuer,
    request: GetWebIdentityTokenRequest,
    about: Mapping[str, object],
    expires_at: datetime,
) -> OutboundToken:
    audiences = request.audiences
    audience = audiences[0] if len(audiences) == 1 else list(audiences)
    claims = issuer.completed({"aud": audience, **about}, request.duration)
    if len(json.dumps(claims, separators=(",", ":"))) > limits.MAX_JWT_PAYLOAD:
        raise JwtPayloadSizeExceeded
    token = issuer.sign(claims, request.signing_algorithm)
    return OutboundToken(token, expires_at.astimezone(UTC), claims)
