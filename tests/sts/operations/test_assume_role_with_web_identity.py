import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from imds_sim.iam.accounts import Account
from imds_sim.sts.errors import (
    AccessDenied,
    ApiError,
    InvalidParameterValue,
    MalformedPolicyDocument,
    PackedPolicyTooLarge,
    RegionDisabled,
    ValidationError,
)
from imds_sim.sts.federation.errors import (
    ExpiredWebIdentityToken,
    IdpCommunicationError,
    IdpRejectedClaim,
    InvalidIdentityToken,
)
from imds_sim.sts.federation.issuer import Issuer
from imds_sim.sts.federation.session_claims import ROLES, SOURCE_IDENTITY_CLAIM, TAGS
from imds_sim.sts.operations.assume_role_with_web_identity import (
    AssumeRoleWithWebIdentityRequest,
    RoleAssumedWithWebIdentity,
)
from tests.sts.federation.tokens import (
    AUDIENCE,
    EC,
    ISSUER,
    OTHER_RSA,
    PLACE,
    RSA,
    SUBJECT,
    claims_of,
    federated_role,
    jwk,
    key_set,
    provider,
    raw_token,
    signed_token,
)
from tests.sts.scene import ACCOUNT, HOUR, Sts

SECOND = timedelta(seconds=1)
LEEWAY = 300
ROLE = federated_role()
NO_JWT = (
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
)
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements"
)
DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"


@pytest.fixture
def sts() -> Sts:
    return Sts(roles=(ROLE,), providers=(provider(),))


def assume(sts: Sts, token: str, **fields: Any) -> RoleAssumedWithWebIdentity:
    request = AssumeRoleWithWebIdentityRequest(ROLE.arn, "session", token)
    return sts.service.assume_role_with_web_identity(replace(request, **fields))


def refusal(sts: Sts, token: str, **fields: Any) -> ApiError:
    with pytest.raises(ApiError) as refused:
        assume(sts, token, **fields)
    return refused.value


def told(error: ApiError) -> tuple[type[ApiError], str | None]:
    return type(error), error.message


def test_a_good_token_is_worth_a_session_that_remembers_where_it_came_from(sts: Sts) -> None:
    assumed = assume(sts, signed_token(claims_of(sts.clock)), duration=2 * HOUR - HOUR)
    assert assumed.principal.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/federated/session"
    assert (assumed.identity.subject, assumed.identity.audience) == (SUBJECT, AUDIENCE)
    assert assumed.provider == f"arn:aws:iam::{ACCOUNT}:oidc-provider/{PLACE}"
    assert assumed.credentials.expires_at - assumed.credentials.issued_at == HOUR
    assert (assumed.packed_size, assumed.source_identity) == (None, None)
    session = sts.signer(assumed.credentials).session
    assert session is not None
    assert session.context == {
        "aws:FederatedProvider": assumed.provider,
        f"{PLACE}:aud": AUDIENCE,
        f"{PLACE}:sub": SUBJECT,
    }


def test_a_token_may_be_used_again_while_it_is_valid(sts: Sts) -> None:
    token = signed_token(claims_of(sts.clock))
    first, second = assume(sts, token), assume(sts, token)
    assert first.credentials.access_key_id != second.credentials.access_key_id


@pytest.mark.parametrize("written", ["{}\n", "{}\r\n", " {} "])
def test_a_token_file_may_end_with_a_newline(sts: Sts, written: str) -> None:
    assume(sts, written.format(signed_token(claims_of(sts.clock))))


def test_the_session_may_outlive_the_token(sts: Sts) -> None:
    now = int(sts.clock.now().timestamp())
    assumed = assume(sts, signed_token(claims_of(sts.clock, exp=now + 10)))
    assert assumed.credentials.expires_at.timestamp() == now + 3600


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (RSA, "RS256", "first"),
        (RSA, "RS384", "first"),
        (RSA, "RS512", "first"),
        (EC, "ES384", "second"),
        pytest.param(RSA, "RS256", None, id="without kid"),
    ],
)
def test_signatures_of_another_library_are_verified(
    sts: Sts, key: Any, algorithm: str, kid: str | None
) -> None:
    assume(sts, signed_token(claims_of(sts.clock), key, algorithm, kid))


def test_a_name_given_twice_means_both_keys(sts: Sts) -> None:
    keys = key_set(jwk(OTHER_RSA, "twice"), jwk(EC, "twice"), jwk(RSA, "twice"))
    sts.providers = (provider(key_set=keys),)
    assume(sts, signed_token(claims_of(sts.clock), RSA, kid="twice"))
    assume(sts, signed_token(claims_of(sts.clock), OTHER_RSA, kid="twice"))
    assume(sts, signed_token(claims_of(sts.clock), EC, "ES384", kid="twice"))


@pytest.mark.parametrize(
    ("name", "seconds", "accepted"),
    [
        pytest.param("exp", -LEEWAY, True, id="just expired, as far as the leeway goes"),
        pytest.param("exp", -LEEWAY - 1, False, id="a second beyond the leeway"),
        pytest.param("nbf", LEEWAY, True, id="valid in five minutes"),
        pytest.param("nbf", LEEWAY + 1, False, id="valid a second later than that"),
        pytest.param("iat", LEEWAY, True, id="issued in five minutes"),
        pytest.param("iat", LEEWAY + 1, False, id="issued a second later than that"),
    ],
)
def test_clocks_may_differ_by_five_minutes_either_way(
    sts: Sts, name: str, seconds: int, accepted: bool
) -> None:
    now = int(sts.clock.now().timestamp())
    token = signed_token(claims_of(sts.clock, **{name: now + seconds}))
    with nullcontext() if accepted else pytest.raises(ApiError):
        assume(sts, token)


def test_an_expired_token_is_told_with_both_times(sts: Sts) -> None:
    now = int(sts.clock.now().timestamp())
    error = refusal(sts, signed_token(claims_of(sts.clock, exp=now - 400)))
    assert told(error) == (
        ExpiredWebIdentityToken,
        f"Token expired: current date/time {now} must be before the expiration date/time "
        f"{now - 400}",
    )


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"iss": None}, "Missing a required claim: iss."),
        ({"sub": None}, "Missing a required claim: sub."),
        ({"sub": ""}, "Missing a required claim: sub."),
        ({"aud": None}, "Missing a required claim: aud."),
        ({"aud": []}, "Missing a required claim: aud."),
        ({"exp": None}, "Missing a required claim: exp."),
        ({"iat": None}, "Missing a required claim: iat."),
        ({"aud": "somebody"}, "Incorrect token audience"),
        ({"aud": [AUDIENCE, "somebody"]}, "Incorrect token audience"),
        ({"azp": "somebody"}, "Incorrect token audience"),
        (
            {"iss": f"{ISSUER}/"},
            f"No OpenIDConnect provider found in your account for {ISSUER}/",
        ),
        (
            {"iss": "https://idp.example.com/REALM"},
            "No OpenIDConnect provider found in your account for https://idp.example.com/REALM",
        ),
        (
            {"iss": PLACE},
            f"No OpenIDConnect provider found in your account for {PLACE}",
        ),
    ],
)
def test_claims_that_do_not_fit_are_told(sts: Sts, claims: dict[str, object], message: str) -> None:
    assert told(refusal(sts, signed_token(claims_of(sts.clock, **claims)))) == (
        InvalidIdentityToken,
        message,
    )


def test_a_final_slash_belongs_to_the_issuer(sts: Sts) -> None:
    slashed = provider(issuer=f"{ISSUER}/")
    condition = {"StringEquals": {f"{PLACE}/:sub": SUBJECT}}
    sts.providers, sts.roles = (slashed,), (federated_role(slashed, Condition=condition),)
    assume(sts, signed_token(claims_of(sts.clock, iss=f"{ISSUER}/")))
    assert type(refusal(sts, signed_token(claims_of(sts.clock)))) is InvalidIdentityToken


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1e12},
        {"exp": True},
        {"iat": "now"},
        {"nbf": 1.5},
        {"sub": 7},
        {"iss": ["x"]},
        {"aud": {"a": 1}},
        {"aud": [AUDIENCE, 1]},
        {"azp": 1},
    ],
)
def test_claims_of_the_wrong_kind_are_refused(sts: Sts, claims: dict[str, Any]) -> None:
    whole = {**claims_of(sts.clock), **claims}
    token = raw_token({"alg": "RS256", "kid": "first"}, whole)
    assert type(refusal(sts, token)) is InvalidIdentityToken


def test_the_authorized_party_is_the_audience_that_counts(sts: Sts) -> None:
    condition = {"StringEquals": {f"{PLACE}:aud": AUDIENCE, f"{PLACE}:oaud": "backend"}}
    sts.roles = (federated_role(Condition=condition),)
    assumed = assume(sts, signed_token(claims_of(sts.clock, azp=AUDIENCE, aud="backend")))
    assert assumed.identity.audience == AUDIENCE
    assert assumed.identity.named_audiences == ("backend",)


PUBLIC_PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
Make = Callable[[dict[str, Any]], str]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda c: raw_token({"alg": "none", "kid": "first"}, c), id="alg none"),
        pytest.param(lambda c: jwt.encode(c, "", "none"), id="none, unsigned"),
        pytest.param(
            lambda c: raw_token({"alg": "HS256", "kid": "first"}, c, PUBLIC_PEM),
            id="HS256 with the RSA public key",
        ),
        pytest.param(lambda c: raw_token({"kid": "first"}, c), id="no alg"),
        pytest.param(lambda c: raw_token({"alg": ["RS256"]}, c), id="alg is a list"),
        pytest.param(lambda c: raw_token({"alg": "RS256", "kid": 1}, c), id="kid is a number"),
        pytest.param(
            lambda c: raw_token({"alg": "RS256", "crit": ["b64"], "b64": False}, c), id="crit"
        ),
        pytest.param(lambda c: raw_token([], c), id="header is a list"),
        pytest.param(lambda c: raw_token({"alg": "RS256"}, []), id="claims are a list"),
        pytest.param(lambda c: raw_token({"alg": "RS256"}, b"\xff\xfe"), id="no text"),
        pytest.param(lambda c: raw_token({"alg": "RS256"}, b'{"a": NaN}'), id="NaN"),
        pytest.param(
            lambda c: raw_token({"alg": "RS256"}, b'{"sub": "\\ud800"}'), id="half a surrogate"
        ),
        pytest.param(
            lambda c: raw_token({"alg": "RS256"}, b'{"a": ' + b"9" * 6000 + b"}"), id="long number"
        ),
        pytest.param(
            lambda c: raw_token({"alg": "RS256"}, b"[" * 7000 + b"]" * 7000), id="nested deeply"
        ),
        pytest.param(lambda c: signed_token(c) + ".x", id="four parts"),
        pytest.param(lambda c: "not a token", id="a text"),
        pytest.param(lambda c: "....", id="dots"),
        pytest.param(lambda c: "é.é.é", id="no ASCII"),
        pytest.param(lambda c: "Atza|IQEBLjAsAhRFiXuWpUXuRvQ9PZL3GMFcYev", id="an access token"),
    ],
)
def test_what_is_no_token_is_refused_as_none(sts: Sts, make: Make) -> None:
    assert told(refusal(sts, make(claims_of(sts.clock)))) == (InvalidIdentityToken, NO_JWT)


def test_a_token_inside_of_a_token_is_no_set_of_claims(sts: Sts) -> None:
    inner = signed_token(claims_of(sts.clock))
    outer = raw_token({"alg": "RS256", "kid": "first", "cty": "JWT"}, inner.encode())
    assert told(refusal(sts, outer)) == (InvalidIdentityToken, NO_JWT)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda c: signed_token(c, kid="third"), NO_KEY, id="unknown kid"),
        pytest.param(lambda c: signed_token(c, kid=""), NO_KEY, id="empty kid"),
        pytest.param(
            lambda c: signed_token(c, EC, "ES384", "first"), NO_KEY, id="kid of an RSA key"
        ),
        pytest.param(
            lambda c: signed_token(c, RSA, "RS256", "second"), NO_KEY, id="kid of an EC key"
        ),
        pytest.param(
            lambda c: raw_token({"alg": "ES256", "kid": "second"}, c), NO_KEY, id="another curve"
        ),
    ],
)
def test_a_key_that_is_not_there_cannot_be_retrieved(sts: Sts, make: Make, message: str) -> None:
    assert told(refusal(sts, make(claims_of(sts.clock)))) == (InvalidIdentityToken, message)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda c: signed_token(c, OTHER_RSA), id="another key under the kid"),
        pytest.param(lambda c: signed_token(c, OTHER_RSA, kid=None), id="without kid"),
        pytest.param(lambda c: signed_token(c)[:-8], id="cut"),
        pytest.param(
            lambda c: ".".join(
                [
                    signed_token(c).split(".")[0],
                    urlsafe_b64encode(json.dumps({**c, "x": 1}).encode()).rstrip(b"=").decode(),
                    signed_token(c).split(".")[2],
                ]
            ),
            id="claims changed",
        ),
        pytest.param(lambda c: signed_token(c).rpartition(".")[0] + ".", id="no signature"),
    ],
)
def test_a_signature_that_is_wrong_is_refused(sts: Sts, make: Make) -> None:
    error = refusal(sts, make(claims_of(sts.clock)))
    assert type(error) is InvalidIdentityToken
    assert "could not be validated" in str(error.message)


def test_a_set_of_one_key_without_a_name_serves_every_kid(sts: Sts) -> None:
    sts.providers = (provider(key_set=key_set(jwk(RSA, None))),)
    assume(sts, signed_token(claims_of(sts.clock), kid="whatever"))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda sts: sts.without(ROLE), id="there is no such role"),
        pytest.param(
            lambda sts: sts.changed(
                ROLE, trust=federated_role(Principal={"AWS": ACCOUNT}, Condition={}).trust
            ),
            id="the account is trusted",
        ),
        pytest.param(
            lambda sts: sts.changed(
                ROLE, trust=federated_role(provider(issuer="https://x.y")).trust
            ),
            id="another provider is trusted",
        ),
        pytest.param(
            lambda sts: sts.changed(
                ROLE,
                trust=federated_role(Condition={"StringEquals": {f"{PLACE}:sub": "john"}}).trust,
            ),
            id="another subject",
        ),
        pytest.param(
            lambda sts: sts.changed(
                ROLE, trust=federated_role(Action="sts:AssumeRoleWithSAML").trust
            ),
            id="another action",
        ),
    ],
)
def test_every_denial_looks_the_same(sts: Sts, make: Callable[[Sts], object]) -> None:
    make(sts)
    error = refusal(sts, signed_token(claims_of(sts.clock)))
    assert told(error) == (AccessDenied, DENIED)
    assert error.detail


def test_tags_of_the_token_become_session_tags(sts: Sts) -> None:
    sts.roles = (
        federated_role(
            Action=["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
            Condition={
                "StringEquals": {"aws:RequestTag/team": "orders"},
                "ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "team"},
            },
        ),
    )
    claim = {"principal_tags": {"team": ["orders"]}, "transitive_tag_keys": ["team"]}
    assumed = assume(sts, signed_token({**claims_of(sts.clock), TAGS: claim}))
    assert assumed.contents.tags == {"team": "orders"}
    assert assumed.contents.transitive_tag_keys == ("team",)
    assert assumed.packed_size is not None
    flat = {f"{TAGS}/principal_tags/team": "orders", f"{TAGS}/transitive_tag_keys": ["team"]}
    assert assume(sts, signed_token({**claims_of(sts.clock), **flat})).contents == assumed.contents


def test_tags_need_a_trust_policy_that_lets_them_pass(sts: Sts) -> None:
    claim = {"principal_tags": {"team": ["orders"]}}
    error = refusal(sts, signed_token({**claims_of(sts.clock), TAGS: claim}))
    assert told(error) == (AccessDenied, DENIED)


@pytest.mark.parametrize(
    "claim",
    [
        "team",
        {"principal_tags": ["team"]},
        {"principal_tags": {"team": ["a", "b"]}},
        {"principal_tags": {"team": 1}},
        {"principal_tags": {"": ["a"]}},
        {"principal_tags": {"a" * 129: ["a"]}},
        {"principal_tags": {"team": ["a" * 257]}},
        {"principal_tags": {str(number): ["a"] for number in range(51)}},
        {"principal_tags": {}, "transitive_tag_keys": [1]},
    ],
)
def test_tags_that_are_none_are_refused(sts: Sts, claim: object) -> None:
    token = signed_token({**claims_of(sts.clock), TAGS: claim})
    assert type(refusal(sts, token)) is InvalidIdentityToken


def test_a_transitive_key_must_be_a_tag(sts: Sts) -> None:
    claim = {"principal_tags": {}, "transitive_tag_keys": ["team"]}
    token = signed_token({**claims_of(sts.clock), TAGS: claim})
    assert type(refusal(sts, token)) is InvalidParameterValue


def test_the_token_may_set_the_source_identity(sts: Sts) -> None:
    token = signed_token({**claims_of(sts.clock), SOURCE_IDENTITY_CLAIM: "jane"})
    assert told(refusal(sts, token)) == (AccessDenied, DENIED)
    sts.roles = (
        federated_role(
            Action=["sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity"],
            Condition={"StringEquals": {"sts:SourceIdentity": "jane"}},
        ),
    )
    assumed = assume(sts, token)
    assert assumed.source_identity == "jane"
    assert sts.signer(assumed.credentials).source_identity == "jane"


@pytest.mark.parametrize("value", ["j", "aws:jane", "jane doe", 7, "a" * 257])
def test_a_source_identity_that_is_none_is_refused(sts: Sts, value: object) -> None:
    token = signed_token({**claims_of(sts.clock), SOURCE_IDENTITY_CLAIM: value})
    assert "Source Identity must match" in str(refusal(sts, token).message)


@pytest.mark.parametrize(
    ("roles", "listed"),
    [
        pytest.param(None, None, id="no claim"),
        pytest.param(ROLE.arn, True, id="the role"),
        pytest.param(["arn:aws:iam::111122223333:role/x", ROLE.arn], True, id="among others"),
        pytest.param([], False, id="none"),
        pytest.param(ROLE.arn.upper(), False, id="another case"),
        pytest.param(["arn:aws:iam::111122223333:role/x"], False, id="others"),
    ],
)
def test_the_roles_claim_limits_the_token_to_its_roles(
    sts: Sts, roles: object, listed: bool | None
) -> None:
    claims = claims_of(sts.clock) if roles is None else {**claims_of(sts.clock), ROLES: roles}
    if listed is False:
        assert told(refusal(sts, signed_token(claims))) == (
            InvalidIdentityToken,
            "The target role ARN is not present in the roles claim of the identity token",
        )
        return
    assert assume(sts, signed_token(claims)).is_authorized_by_idp is bool(listed)
    condition = {"Bool": {"sts:RoleAuthorizedByIdp": "true"}}
    sts.roles = (federated_role(Condition=condition),)
    with nullcontext() if listed else pytest.raises(AccessDenied):
        assume(sts, signed_token(claims))


@pytest.mark.parametrize(
    ("fields", "member"),
    [
        ({"role_session_name": "a"}, "roleSessionName"),
        ({"web_identity_token": "abc"}, "webIdentityToken"),
        ({"web_identity_token": "a" * 20001}, "webIdentityToken"),
        ({"provider_id": "abc"}, "providerId"),
        ({"duration": timedelta(seconds=899)}, "durationSeconds"),
        ({"duration": 12 * HOUR + SECOND}, "durationSeconds"),
        ({"policy": ""}, "policy"),
        ({"policy_arns": ("arn:aws:iam::aws:policy/X",) * 11}, "policyArns"),
        ({"minimum_session_token_size": 4097}, "minimumSessionTokenSize"),
    ],
)
def test_every_limit_is_kept(fields: dict[str, Any], member: str) -> None:
    request = AssumeRoleWithWebIdentityRequest(ROLE.arn, "session", "token")
    found = replace(request, **fields).violations()
    assert found
    assert all(f"'{member}'" in each for each in found)
    assert not any("a" * 100 in each for each in found)  # tokens are not repeated


@pytest.mark.parametrize("arn", ["r" * 20, "arn:aws:iam::111122223333:user/alice"])
def test_what_is_no_role_is_told_before_the_token_is_read(sts: Sts, arn: str) -> None:
    error = refusal(sts, "no token", role_arn=arn)
    assert told(error) == (ValidationError, "Request ARN is invalid")


def test_the_role_limits_the_duration(sts: Sts) -> None:
    token = signed_token(claims_of(sts.clock))
    assert type(refusal(sts, token, duration=HOUR + SECOND)) is ValidationError
    sts.changed(ROLE, max_session_duration=2 * HOUR)
    assume(sts, token, duration=2 * HOUR)


def test_nothing_is_told_of_the_role_before_the_signature_is_right(sts: Sts) -> None:
    token = signed_token(claims_of(sts.clock), OTHER_RSA)
    assert type(refusal(sts, token, duration=HOUR + SECOND)) is InvalidIdentityToken


def test_session_policies_restrict_the_session(sts: Sts) -> None:
    token = signed_token(claims_of(sts.clock))
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    assert assume(sts, token, policy=policy).packed_size is not None
    assert type(refusal(sts, token, policy="{}")) is MalformedPolicyDocument
    arns = tuple(f"arn:aws:iam::aws:policy/{'x' * 190}{number}" for number in range(10))
    assert type(refusal(sts, token, policy_arns=arns)) is PackedPolicyTooLarge


def test_a_provider_that_cannot_be_reached_is_worth_another_try(sts: Sts) -> None:
    sts.providers = (provider(is_reachable=False),)
    assert type(refusal(sts, signed_token(claims_of(sts.clock)))) is IdpCommunicationError


def test_access_tokens_are_rejected_by_whoever_did_not_issue_them(sts: Sts) -> None:
    token = "Atza|IQEBLjAsAhRFiXuWpUXuRvQ9PZL3GMFcYev"
    assert type(refusal(sts, token, provider_id="www.amazon.com")) is IdpRejectedClaim
    assert type(refusal(sts, token, provider_id="example.com")) is ValidationError


def test_where_sts_is_not_active_there_are_no_credentials(sts: Sts) -> None:
    sts.accounts = (Account(ACCOUNT, sts_is_active=False),)
    error = refusal(sts, signed_token(claims_of(sts.clock)))
    assert told(error) == (
        RegionDisabled,
        f"STS is not activated in this region for account:{ACCOUNT}. Your account administrator "
        "can activate STS in this region using the IAM Console.",
    )


def test_providers_are_of_accounts(sts: Sts) -> None:
    sts.providers = (provider(account="444455556666"),)
    error = refusal(sts, signed_token(claims_of(sts.clock)))
    assert error.message == f"No OpenIDConnect provider found in your account for {ISSUER}"


def test_the_built_in_issuer_vouches_for_its_own_tokens_alone(sts: Sts) -> None:
    own = provider(key_set=None)
    sts.providers = (own,)
    issuer = sts.service.issuers.of(own)
    token = issuer.mint({"sub": SUBJECT, "aud": AUDIENCE}, HOUR).reveal()
    assume(sts, token)
    assert type(refusal(sts, signed_token(claims_of(sts.clock)))) is InvalidIdentityToken
    elsewhere = provider(key_set=None, issuer="https://other.example.com")
    stolen = Issuer(ISSUER, sts.service.issuers.of(elsewhere).keys, sts.clock, sts.entropy).mint(
        {"sub": SUBJECT, "aud": AUDIENCE}, HOUR
    )
    assert type(refusal(sts, stolen.reveal())) is InvalidIdentityToken
