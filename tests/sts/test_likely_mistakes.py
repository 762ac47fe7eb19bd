"""The twelve things about STS that are most likely to be got wrong, each as AWS has it."""

import json
from datetime import timedelta

import pytest

from imds_sim.kernel.message import Headers, Request
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.query_api.table import OPERATIONS
from imds_sim.sts.query_api.xml import render_result
from tests.sts.query_api.presigning import presigned
from tests.sts.scene import (
    ALICE,
    BOB,
    BY_BOB,
    DEPLOY,
    HOUR,
    WEB,
    Sts,
    answer,
    code_of,
    form,
    granted,
    message_of,
    post,
    signed,
    trusting,
)

WHO = form("GetCallerIdentity")
AWS_FAULT = b'xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"'
STS = b'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def test_1_errors_of_the_dispatcher_have_a_namespace_of_their_own(sts: Sts) -> None:
    assert AWS_FAULT in answer(sts, post(form("NoSuchOperation"))).body
    for later in (post(WHO), signed(sts, post(form("AssumeRole")))):
        response = answer(sts, later)
        assert STS in response.body
        assert AWS_FAULT not in response.body


def test_2_what_asks_for_nothing_is_redirected_with_an_empty_body(sts: Sts) -> None:
    unnamed = Request("POST", "/", Headers([("Host", "sts.local")]), WHO)
    for request in (post(b"Version=2011-06-15"), unnamed):
        response = answer(sts, request)
        assert (response.status, response.body) == (302, b"")
        assert dict(response.headers)["Location"] == "https://aws.amazon.com/iam"


def test_3_documents_are_plain_indented_xml_with_two_ids(sts: Sts) -> None:
    response = answer(sts, signed(sts, post(WHO)))
    fields = dict(response.headers)
    assert fields["Content-Type"] == "text/xml"
    assert {"x-amzn-RequestId", "x-amz-sts-extended-request-id"} <= fields.keys()
    assert response.body.startswith(b"<GetCallerIdentityResponse ")
    assert b"\n  <GetCallerIdentityResult>\n    <Arn>" in response.body
    assert response.body.endswith(b"</GetCallerIdentityResponse>\n")


def test_4_assume_role_packs_nothing_in_silence_and_get_federation_token_says_zero(
    sts: Sts,
) -> None:
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="s1")
    assert b"PackedPolicySize" not in answer(sts, signed(sts, post(asked), BOB)).body
    asked = form("GetFederationToken", Name="fred")
    response = answer(sts, signed(sts, post(asked), BOB))
    assert b"<PackedPolicySize>0</PackedPolicySize>" in response.body


def test_5_a_missing_role_a_trust_policy_and_a_missing_permission_sound_alike(sts: Sts) -> None:
    sts.changed(WEB, trust=trusting("arn:aws:iam::111122223333:root"))  # alice needs a policy
    sts.changed(DEPLOY, trust=trusting(BOB.arn))
    for role_arn in ("arn:aws:iam::111122223333:role/nowhere", WEB.arn, DEPLOY.arn):
        asked = form("AssumeRole", RoleArn=role_arn, RoleSessionName="s1")
        response = answer(sts, signed(sts, post(asked), ALICE))
        assert (response.status, code_of(response)) == (403, "AccessDenied")
        assert message_of(response) == (
            f"User: {ALICE.arn} is not authorized to perform: sts:AssumeRole "
            f"on resource: {role_arn}"
        )


def test_6_scope_then_token_then_expiry_then_role_then_signature(sts: Sts) -> None:
    held = sts.on_instance(HOUR)
    sts.strict_region = True

    def spoilt(**spoil: bool) -> str:
        region, sts.region = sts.region, "us-east-1" if spoil.get("region") else sts.region
        request = signed(sts, post(WHO), held)
        sts.region = region
        if spoil.get("signature"):
            request = Request(request.method, request.target, request.headers, WHO + b"&x=y")
        return code_of(answer(sts, request))

    assert spoilt() == ""
    assert spoilt(signature=True) == "SignatureDoesNotMatch"
    sts.without(WEB)
    assert spoilt(signature=True) == "InvalidClientTokenId"
    sts.clock.advance(HOUR)
    assert spoilt(signature=True) == "ExpiredToken"
    assert spoilt(signature=True, region=True) == "SignatureDoesNotMatch"


def test_7_the_schema_then_the_role_then_the_chain_limit_a_duration(sts: Sts) -> None:
    held = sts.on_instance()

    def refusal(seconds: int) -> str:
        asked = form(
            "AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="s1", DurationSeconds=str(seconds)
        )
        return message_of(answer(sts, signed(sts, post(asked), held)))

    assert refusal(3600) == ""
    assert "1 hour session limit" in refusal(3601)  # the role allows two hours
    assert "MaxSessionDuration" in refusal(7201)
    assert "less than or equal to 43200" in refusal(43201)


def test_8_a_presigned_url_lives_15_minutes_whatever_it_says(sts: Sts) -> None:
    [key] = ALICE.access_keys
    request = presigned(sts, key.id, key.secret, expires="60")
    sts.clock.advance(15 * MINUTE)
    assert answer(sts, request).status == 200
    sts.clock.advance(SECOND)
    response = answer(sts, request)
    assert (response.status, code_of(response)) == (403, "SignatureDoesNotMatch")


def test_9_the_first_of_repeated_parameters_counts_and_unknown_ones_do_not(sts: Sts) -> None:
    body = WHO + b"&Action=AssumeRole&Version=1&Nonsense=1&Tags.member.x.Key=1"
    assert b"<GetCallerIdentityResult>" in answer(sts, signed(sts, post(body))).body


@pytest.mark.parametrize("action", sorted(OPERATIONS.keys() - {"GetDelegatedAccessToken"}))
def test_10_every_result_has_its_wrapper(action: str) -> None:
    document = render_result(action, [], "id").decode()
    assert f"<{action}Response" in document
    assert f"<{action}Result>" in document


def test_10_an_empty_list_is_an_empty_list(sts: Sts) -> None:
    asked = form(
        "AssumeRole",
        RoleArn=DEPLOY.arn,
        RoleSessionName="s1",
        Tags="",
        TransitiveTagKeys="",
        PolicyArns="",
        ProvidedContexts="",
    )
    assert answer(sts, signed(sts, post(asked), BOB)).status == 200


@pytest.mark.parametrize(("length", "good"), [(64, True), (65, True), (256, True), (257, False)])
def test_11_a_source_identity_has_up_to_256_characters(sts: Sts, length: int, good: bool) -> None:
    sts.changed(DEPLOY, trust=trusting(BOB.arn, Action=["sts:AssumeRole", "sts:SetSourceIdentity"]))
    asked = form(
        "AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="s1", SourceIdentity="i" * length
    )
    response = answer(sts, signed(sts, post(asked), BOB))
    assert (response.status == 200) is good
    if not good:
        assert "length less than or equal to 256" in message_of(response)


def test_12_the_size_of_a_session_token_is_told_to_whom_asks_for_one(sts: Sts) -> None:
    required = {"RoleArn": DEPLOY.arn, "RoleSessionName": "s1"}
    plain = answer(sts, signed(sts, post(form("AssumeRole", **required)), BOB))
    assert b"SessionToken" in plain.body
    assert b"SessionTokenSize" not in plain.body
    sized = form("AssumeRole", **required, MinimumSessionTokenSize="2048")
    response = answer(sts, signed(sts, post(sized), BOB))
    assert b"<SessionTokenSize>2048</SessionTokenSize>" in response.body
    assert b"<SessionTokenUtilization>50</SessionTokenUtilization>" in response.body


def test_nothing_forbids_to_ask_who_one_is(sts: Sts) -> None:
    sts.changed(DEPLOY, trust=trusting(BOB.arn), policies=granted("*", Effect="Deny"))
    nothing = json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    )
    request = AssumeRoleRequest(DEPLOY.arn, "s1", policy=nothing)
    held = sts.service.assume_role(BY_BOB, request)
    assert answer(sts, signed(sts, post(WHO), held)).status == 200
