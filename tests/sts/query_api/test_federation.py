"""The federated operations and the documents of issuers on the wire."""

import json
from urllib.parse import quote

import jwt
import pytest

from imds_sim.iam.accounts import Account
from imds_sim.kernel.message import Headers, Request, Response
from tests.sts.federation.tokens import (
    AUDIENCE,
    PLACE,
    SUBJECT,
    claims_of,
    federated_role,
    provider,
    raw_token,
    signed_token,
)
from tests.sts.scene import (
    ACCOUNT,
    BOB,
    HOUR,
    Sts,
    answer,
    code_of,
    form,
    post,
    signed,
)

ROLE = federated_role()
OUTBOUND = "https://0b1e3c5d-0000-4000-8000-000000000000.tokens.sts.global.api.aws"


@pytest.fixture
def sts() -> Sts:
    return Sts(
        roles=(ROLE,),
        providers=(
            provider(),
            provider(issuer="https://ours.example.com/x", name="x", key_set=None),
        ),
        accounts=(Account(ACCOUNT, outbound_issuer=OUTBOUND),),
    )


def call(token: str) -> Request:
    return post(
        form(
            "AssumeRoleWithWebIdentity",
            RoleArn=quote(ROLE.arn, safe=""),
            RoleSessionName="session",
            WebIdentityToken=quote(token, safe=""),
        )
    )


def get(sts: Sts, path: str, method: str = "GET", host: str = "127.0.0.1:1339") -> Response:
    return answer(sts, Request(method, path, Headers([("Host", host)])))


def test_the_answer_has_the_members_of_the_reference_in_its_order(sts: Sts) -> None:
    response = answer(sts, call(signed_token(claims_of(sts.clock))))
    lines = [line.strip() for line in response.body.decode().splitlines()]
    hidden = ("<SecretAccessKey>", "<SessionToken>", "<AccessKeyId>", "<RequestId>")
    assert response.status == 200
    assert [line for line in lines if not line.startswith(hidden)] == [
        '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">',
        "<AssumeRoleWithWebIdentityResult>",
        f"<SubjectFromWebIdentityToken>{SUBJECT}</SubjectFromWebIdentityToken>",
        f"<Audience>{AUDIENCE}</Audience>",
        "<AssumedRoleUser>",
        "<AssumedRoleId>AROAFEDERATED23456723:session</AssumedRoleId>",
        f"<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/federated/session</Arn>",
        "</AssumedRoleUser>",
        "<Credentials>",
        "<Expiration>2026-01-02T04:04:05Z</Expiration>",
        "</Credentials>",
        f"<Provider>arn:aws:iam::{ACCOUNT}:oidc-provider/{PLACE}</Provider>",
        "</AssumeRoleWithWebIdentityResult>",
        "<ResponseMetadata>",
        "</ResponseMetadata>",
        "</AssumeRoleWithWebIdentityResponse>",
    ]
    assert str(response.notes.access_key_id).startswith("ASIA")


def test_nobody_has_to_sign_and_a_signature_does_no_harm(sts: Sts) -> None:
    request = call(signed_token(claims_of(sts.clock)))
    assert answer(sts, request).status == 200
    assert answer(sts, signed(sts, request, BOB)).status == 200
    broken = Headers([*request.headers, ("Authorization", "AWS4-HMAC-SHA256 nonsense")])
    assert answer(sts, request._replace(headers=broken)).status == 200


def test_it_may_be_asked_in_a_query_too(sts: Sts) -> None:
    body = call(signed_token(claims_of(sts.clock))).body.decode()
    assert get(sts, f"/?{body}").status == 200


def test_a_token_stands_in_no_refusal(sts: Sts) -> None:
    token = raw_token({"alg": "none"}, claims_of(sts.clock))
    response = answer(sts, call(token))
    assert code_of(response) == "InvalidIdentityToken"
    assert token not in response.body.decode()
    assert token not in str(response.notes)


def test_missing_parameters_are_all_told(sts: Sts) -> None:
    response = answer(sts, post(form("AssumeRoleWithWebIdentity")))
    assert response.status == 400
    assert b"3 validation errors detected" in response.body


def test_an_outbound_token_is_handed_out(sts: Sts) -> None:
    parameters = {"Audience.member.1": "us", "SigningAlgorithm": "ES384", "Tags": ""}
    response = answer(sts, signed(sts, post(form("GetWebIdentityToken", **parameters)), BOB))
    text = response.body.decode()
    assert "<Expiration>2026-01-02T03:09:05Z</Expiration>" in text
    token = text.partition("<WebIdentityToken>")[2].partition("<")[0]
    published = json.loads(get(sts, f"/oidc/{OUTBOUND[8:44]}/.well-known/jwks.json").body)
    key = jwt.PyJWKSet.from_dict(published)["EC384_0"]
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, key, ["ES384"], audience="us", options=options)  # type: ignore[arg-type]
    assert claims["iss"] == OUTBOUND


def test_a_built_in_issuer_is_found_by_its_documents(sts: Sts) -> None:
    found = get(sts, "/oidc/x/.well-known/openid-configuration")
    assert (found.status, dict(found.headers)["Content-Type"]) == (200, "application/json")
    document = json.loads(found.body)
    assert document["issuer"] == "https://ours.example.com/x"
    assert document["jwks_uri"] == "http://127.0.0.1:1339/oidc/x/keys"
    keys = jwt.PyJWKSet.from_dict(json.loads(get(sts, "/oidc/x/keys").body))
    own = sts.service.issuers.of(sts.service.issuers.provider("x"))
    token = own.mint({"aud": "us", "sub": SUBJECT}, HOUR).reveal()
    key = keys[jwt.get_unverified_header(token)["kid"]]
    options = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(token, key, ["RS256"], audience="us", options=options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        pytest.param("GET", "/oidc/realm/keys", "h", 404, id="keys of others"),
        pytest.param("GET", "/oidc/nobody/keys", "h", 404, id="nobody"),
        pytest.param("GET", "/oidc/x/", "h", 404, id="no document"),
        pytest.param("GET", "/oidc/x/keys/1", "h", 404, id="below a document"),
        pytest.param("GET", "/oidc/", "h", 404, id="nothing"),
        pytest.param("POST", "/oidc/x/keys", "h", 405, id="nothing to post"),
        pytest.param("HEAD", "/oidc/x/keys", "h", 200, id="head"),
        pytest.param("GET", "/oidc/x/.well-known/openid-configuration", "a/b", 400, id="no host"),
    ],
)
def test_nothing_else_is_published(
    sts: Sts, method: str, path: str, host: str, status: int
) -> None:
    assert get(sts, path, method, host).status == status
