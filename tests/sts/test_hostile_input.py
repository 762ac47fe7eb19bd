"""Whatever a client sends, it gets an answer of STS, and never that the service is broken."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imds_sim.iam.accounts import Account
from imds_sim.sts.query_api.table import OPERATIONS, UNSIGNED_OPERATIONS
from tests.sts.federation.responses import Response, encoded, provider
from tests.sts.scene import (
    ACCOUNT,
    BOB,
    DEPLOY,
    SERIAL,
    Sts,
    answer,
    code_of,
    form,
    post,
    signed,
    trusting,
)

MEMBER = "444455556666"
SAML = provider()
NAMES = (
    "RoleArn",
    "RoleSessionName",
    "PolicyArns.member.1.arn",
    "PolicyArns.member.2",
    "Policy",
    "DurationSeconds",
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "Tags.member.999999999.Key",
    "Tags.member.2.Value",
    "Tags",
    "TransitiveTagKeys.member.1",
    "ExternalId",
    "SerialNumber",
    "TokenCode",
    "SourceIdentity",
    "ProvidedContexts.member.1.ProviderArn",
    "ProvidedContexts.member.1.ContextAssertion",
    "MinimumSessionTokenSize",
    "TargetPrincipal",
    "TaskPolicyArn.arn",
    "TaskPolicyArn",
    "EncodedMessage",
    "AccessKeyId",
    "TradeInToken",
    "Name",
    "ContentType",
    "PrincipalArn",
    "SAMLAssertion",
)
LIKELY = (
    DEPLOY.arn,
    "arn:aws:iam::111122223333:policy/x",
    "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy",
    "arn:aws:iam::aws:contextProvider/IdentityCenter",
    "arn:aws:iam::x:::::",
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
    '{"Version":"2012-10-17","Statement":[]}',
    '{"a":' * 300,
    "[" * 2000,
    SERIAL,
    MEMBER,
    SAML.arn,
    Response().encoded(),
    Response(signed="none").encoded(),
    encoded("<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>"),
    encoded(b"\xff\xfe<\0a\0/\0>\0"),
    "123456",
    "900",
    "4096",
    "-0",
    "fred",
    "ASIAQNZGKIQY56JQ7WML",
    "",
    "\0",
    "é" * 30,
    "\U0001f600",
)
VALUES = st.sampled_from(LIKELY) | st.text(max_size=60) | st.integers().map(str)


def world() -> Sts:
    sts = Sts(
        accounts=(Account(ACCOUNT, "o-one"), Account(MEMBER, "o-one")), saml_providers=(SAML,)
    )
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"]
    sts.changed(DEPLOY, trust=trusting(BOB.arn, Action=actions))
    return sts


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    action=st.sampled_from(sorted({*OPERATIONS, *UNSIGNED_OPERATIONS})),
    parameters=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=12),
)
def test_no_parameters_break_an_operation(action: str, parameters: dict[str, str]) -> None:
    sts = world()
    encoded = {
        name: quote(value.encode("utf-8", "replace"), safe="") for name, value in parameters.items()
    }
    response = answer(sts, signed(sts, post(form(action, **encoded)), BOB))
    assert response.status in (200, 400, 403)
    assert (response.status == 200) is (b"Error" not in response.body)
    assert code_of(response) != "InternalFailure"


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_body_breaks_the_service(body: bytes) -> None:
    sts = world()
    response = answer(sts, signed(sts, post(b"Action=AssumeRole&Version=2011-06-15&" + body), BOB))
    assert response.status in (200, 400, 403)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"&Policy=" + b"a" * 9_999_000, id="one long value"),
        pytest.param(b"&a" * 4_999_000, id="many names"),
        pytest.param(
            b"".join(b"&Tags.member.%d.Key=" % number for number in range(200_000)), id="many tags"
        ),
        pytest.param(b"&TransitiveTagKeys.member.1=" + b"%41" * 1_000_000, id="many escapes"),
    ],
)
def test_ten_megabytes_are_answered(body: bytes) -> None:
    sts = world()
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="s1") + body
    response = answer(sts, signed(sts, post(asked), BOB))
    assert response.status in (200, 400)
    assert len(response.body) < 25_000_000


def test_damaged_session_tokens_are_unknown() -> None:
    sts = world()
    held = sts.on_instance()
    good = signed(sts, post(form("GetCallerIdentity")), held)
    token = held.credentials.session_token.reveal()
    for spoilt in (token[:-4], token + "AAAA", token.lower(), token[::-1], "é" * 10, "x" * 100_000):
        fields = [
            (name, spoilt if name == "X-Amz-Security-Token" else value)
            for name, value in good.headers
        ]
        request = good.__class__(
            good.method, good.target, good.headers.__class__(fields), good.body
        )
        assert code_of(answer(sts, request)) == "InvalidClientTokenId"


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_no_assertion_breaks_the_service(data: st.DataObject) -> None:
    sts = world()
    good = Response(signed=data.draw(st.sampled_from(["assertion", "response"]))).document()
    place = data.draw(st.integers(0, len(good)))
    cut = data.draw(st.integers(0, 200))
    put = data.draw(st.binary(max_size=8) | st.sampled_from([b"<", b"&#0;", b"<!--x-->", b"]]>"]))
    asked = form(
        "AssumeRoleWithSAML",
        RoleArn=DEPLOY.arn,
        PrincipalArn=SAML.arn,
        SAMLAssertion=quote(encoded(good[:place] + put + good[place + cut :]), safe=""),
    )
    assert answer(sts, post(asked)).status in (400, 403)
