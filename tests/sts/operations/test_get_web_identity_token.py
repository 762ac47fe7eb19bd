from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest

from imds_sim.iam.accounts import Account
from imds_sim.iam.principals import UserPrincipal
from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import AccessDenied, ApiError, InvalidParameterValue
from imds_sim.sts.federation.errors import (
    InvalidIdentityToken,
    JwtPayloadSizeExceeded,
    OutboundFederationDisabled,
    SessionDurationEscalation,
)
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.operations.assume_role_with_web_identity import AssumeRoleWithWebIdentityRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.operations.get_web_identity_token import GetWebIdentityTokenRequest
from imds_sim.sts.signer import Signer
from tests.sts.scene import ACCOUNT, BOB, BY_ALICE, BY_BOB, DEPLOY, HOUR, Sts, granted

SECOND = timedelta(seconds=1)
URL = "https://0b1e3c5d-0000-4000-8000-000000000000.tokens.sts.global.api.aws"
ASK = GetWebIdentityTokenRequest(("https://api.example.com",), "RS256")
ENABLED = Account(ACCOUNT, "o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/", outbound_issuer=URL)


@pytest.fixture
def sts() -> Sts:
    return Sts(accounts=(ENABLED,))


def verified(sts: Sts, token: str, audience: str = "https://api.example.com") -> dict[str, Any]:
    """The claims, by the key set that the issuer publishes; PyJWT is the judge."""
    keys = jwt.PyJWKSet.from_dict(sts.service.issuers.outbound(URL).jwks())
    header = jwt.get_unverified_header(token)
    claims: dict[str, Any] = jwt.decode(
        token,
        keys[header["kid"]],
        [header["alg"]],
        audience=audience,
        issuer=URL,
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims


def refusal(sts: Sts, signer: Signer, request: GetWebIdentityTokenRequest) -> ApiError:
    with pytest.raises(ApiError) as refused:
        sts.service.get_web_identity_token(signer, request)
    return refused.value


@pytest.mark.parametrize(
    ("fields", "member"),
    [
        ({"audiences": ()}, "audience"),
        ({"audiences": ("a",) * 11}, "audience"),
        ({"audiences": ("",)}, "audience.1.member"),
        ({"audiences": ("a" * 1001,)}, "audience.1.member"),
        ({"signing_algorithm": ABSENT}, "signingAlgorithm"),
        ({"signing_algorithm": "RS2567"}, "signingAlgorithm"),
        ({"signing_algorithm": "ES256"}, "signingAlgorithm"),
        ({"duration": 59 * SECOND}, "durationSeconds"),
        ({"duration": 3601 * SECOND}, "durationSeconds"),
        ({"tags": (("", ""),)}, "tags.1.member.key"),
    ],
)
def test_every_limit_is_kept(fields: dict[str, Any], member: str) -> None:
    found = replace(ASK, **fields).violations()
    assert found
    assert all(f"'{member}'" in each for each in found)


@pytest.mark.parametrize(
    "fields",
    [
        {"audiences": ("a" * 1000,) * 10},
        {"signing_algorithm": "ES384"},
        {"duration": 60 * SECOND},
        {"duration": 3600 * SECOND},
    ],
)
def test_what_lies_within_the_limits_is_good(fields: dict[str, Any]) -> None:
    assert replace(ASK, **fields).violations() == []


@pytest.mark.parametrize(("algorithm", "kid"), [("RS256", "RSA_0"), ("ES384", "EC384_0")])
def test_a_token_about_a_user_verifies_by_the_published_keys(
    sts: Sts, algorithm: str, kid: str
) -> None:
    request = replace(ASK, signing_algorithm=algorithm, tags=(("job", "7"),))
    issued = sts.service.get_web_identity_token(BY_BOB, request)
    token = issued.web_identity_token.reveal()
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "kid": kid, "typ": "JWT"}
    claims = verified(sts, token)
    now = int(sts.clock.now().timestamp())
    assert claims.pop("jti")
    assert claims == {
        "iss": URL,
        "aud": "https://api.example.com",
        "sub": BOB.arn,
        "iat": now,
        "exp": now + 300,
        "https://sts.amazonaws.com/": {
            "aws_account": ACCOUNT,
            "source_region": "eu-west-1",
            "org_id": "o-a1b2c3d4e5",
            "ou_path": "o-a1b2c3d4e5/r-ab12/",
            "principal_id": BOB.arn,
            "principal_tags": {"Team": "red"},
            "request_tags": {"job": "7"},
        },
    }
    assert issued.expires_at.timestamp() == now + 300


def test_a_token_about_a_session_names_the_role_and_where_it_runs(sts: Sts) -> None:
    sts.changed(sts.roles[0], policies=granted("sts:GetWebIdentityToken"))
    assumed = sts.on_instance(ec2__RoleDelivery="2.0")
    request = replace(ASK, audiences=("a", "b"))
    issued = sts.service.get_web_identity_token(sts.signer(assumed.credentials), request)
    claims = verified(sts, issued.web_identity_token.reveal(), "b")
    assert claims["aud"] == ["a", "b"]
    assert claims["sub"] == assumed.principal.role.arn
    about = claims["https://sts.amazonaws.com/"]
    assert about["ec2_role_delivery"] == "2.0"
    assert about["original_session_exp"] == "2026-01-02T04:04:05Z"


@pytest.mark.parametrize(
    ("left", "allowed"),
    [pytest.param(300, True, id="to the last second"), pytest.param(299, False, id="beyond")],
)
def test_a_token_may_not_outlive_the_session(sts: Sts, left: int, allowed: bool) -> None:
    request = AssumeRoleRequest(DEPLOY.arn, "bob")
    assumed = sts.service.assume_role(BY_BOB, request).credentials
    sts.changed(DEPLOY, policies=granted("sts:GetWebIdentityToken"))
    signer = sts.signer(assumed)
    sts.clock.advance(HOUR - left * SECOND)
    if allowed:
        sts.service.get_web_identity_token(signer, ASK)
    else:
        assert type(refusal(sts, signer, ASK)) is SessionDurationEscalation


def test_an_account_that_has_not_enabled_it_issues_nothing(sts: Sts) -> None:
    sts.accounts = (replace(ENABLED, outbound_issuer=None),)
    assert type(refusal(sts, BY_BOB, ASK)) is OutboundFederationDisabled
    sts.accounts = ()
    assert type(refusal(sts, BY_BOB, ASK)) is OutboundFederationDisabled


def test_it_must_be_allowed_and_tags_too(sts: Sts) -> None:
    assert type(refusal(sts, BY_ALICE, ASK)) is AccessDenied
    sts.users = (replace(BOB, policies=granted("sts:GetWebIdentityToken")),)
    signer = sts.signer(sts.service.get_session_token(BY_BOB, GetSessionTokenRequest()))
    assert type(refusal(sts, signer, ASK)) is AccessDenied  # sessions of this kind may not
    by_bob = Signer(UserPrincipal(sts.users[0]))
    sts.service.get_web_identity_token(by_bob, ASK)
    denied = refusal(sts, by_bob, replace(ASK, tags=(("a", "b"),)))
    assert "sts:TagGetWebIdentityToken" in str(denied.message)


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": ASK.audiences[0]}}, True),
        ({"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": "other"}}, False),
        ({"NumericLessThanEquals": {"sts:DurationSeconds": "300"}}, True),
        ({"NumericLessThanEquals": {"sts:DurationSeconds": "299"}}, False),
        ({"StringEquals": {"sts:SigningAlgorithm": "RS256"}}, True),
        ({"StringEquals": {"sts:SigningAlgorithm": "ES384"}}, False),
    ],
)
def test_policies_may_ask_for_whom_for_how_long_and_how(
    sts: Sts, condition: dict[str, Any], allowed: bool
) -> None:
    policies = granted("sts:GetWebIdentityToken", Condition=condition)
    by_bob = Signer(UserPrincipal(replace(BOB, policies=policies)))
    if allowed:
        sts.service.get_web_identity_token(by_bob, ASK)
    else:
        assert type(refusal(sts, by_bob, ASK)) is AccessDenied


def test_tags_that_do_not_fit_into_a_token_are_refused(sts: Sts) -> None:
    tags = tuple((f"{number:03}{'k' * 120}", "v" * 256) for number in range(50))
    assert type(refusal(sts, BY_BOB, replace(ASK, tags=tags))) is JwtPayloadSizeExceeded
    sts.service.get_web_identity_token(BY_BOB, replace(ASK, tags=tags[:15]))
    twice = (("a", "1"), ("A", "2"))
    assert type(refusal(sts, BY_BOB, replace(ASK, tags=twice))) is InvalidParameterValue


def test_such_a_token_is_no_web_identity_here(sts: Sts) -> None:
    token = sts.service.get_web_identity_token(BY_BOB, ASK).web_identity_token
    request = AssumeRoleWithWebIdentityRequest(DEPLOY.arn, "session", token.reveal())
    with pytest.raises(InvalidIdentityToken, match="No OpenIDConnect provider"):
        sts.service.assume_role_with_web_identity(request)
