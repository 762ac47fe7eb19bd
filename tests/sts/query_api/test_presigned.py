import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest

from imds_sim.kernel.message import Headers, Request
from tests.sts.query_api.presigning import presigned
from tests.sts.scene import ALICE, FORM, HOUR, Sts, answer, code_of, message_of

[KEY] = ALICE.access_keys
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def without(request: Request, parameter: str) -> Request:
    """The request without a parameter of its query."""
    pairs = [pair for pair in request.query.split("&") if not pair.startswith(f"{parameter}=")]
    return Request(request.method, "/?" + "&".join(pairs), request.headers)


def test_a_presigned_request_says_who_signed_it(sts: Sts) -> None:
    response = answer(sts, presigned(sts, KEY.id, KEY.secret))
    assert response.status == 200
    assert ALICE.arn in response.body.decode()
    assert response.notes.access_key_id == KEY.id


def test_a_token_for_eks_is_taken_as_the_authenticator_sends_it(sts: Sts) -> None:
    held = sts.on_instance().credentials
    request = presigned(
        sts,
        held.access_key_id,
        held.secret_access_key,
        held.session_token.reveal(),
        headers={"x-k8s-aws-id": "cluster"},
    )
    eks = "k8s-aws-v1." + urlsafe_b64encode(request.target.encode()).decode().rstrip("=")
    assert len(eks) < 4096
    sent = Request(
        "GET",
        request.target,
        Headers(
            [("Host", "sts.local"), ("X-K8s-Aws-Id", "cluster"), ("Accept", "application/json")]
        ),
    )
    response = answer(sts, sent)
    assert dict(response.headers)["Content-Type"] == "application/json"
    told = json.loads(response.body)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert told["Arn"].endswith(":assumed-role/web/i-0123456789abcdef0")
    other = Request(
        "GET", request.target, Headers([("Host", "sts.local"), ("X-K8s-Aws-Id", "another")])
    )
    assert code_of(answer(sts, other)) == "SignatureDoesNotMatch"
    bare = Request("GET", request.target, Headers([("Host", "sts.local")]))
    assert code_of(answer(sts, bare)) == "SignatureDoesNotMatch"


@pytest.mark.parametrize("expires", ["0", "1", "900", "604800", "never"])
@pytest.mark.parametrize(("age", "good"), [(15 * MINUTE, True), (15 * MINUTE + SECOND, False)])
def test_it_lives_15_minutes_from_its_date_whatever_it_says(
    sts: Sts, expires: str, age: timedelta, good: bool
) -> None:
    request = presigned(sts, KEY.id, KEY.secret, expires=expires)
    sts.clock.advance(age)
    response = answer(sts, request)
    assert (response.status == 200) is good
    if not good:
        assert code_of(response) == "SignatureDoesNotMatch"
        assert message_of(response).startswith("Signature expired: 20260102T030405Z is now")


@pytest.mark.parametrize(("early", "good"), [(15 * MINUTE, True), (15 * MINUTE + SECOND, False)])
def test_it_does_not_count_long_before_its_date(sts: Sts, early: timedelta, good: bool) -> None:
    request = presigned(sts, KEY.id, KEY.secret)
    sts.clock.advance(-early)
    assert (answer(sts, request).status == 200) is good


@pytest.mark.parametrize(
    "name", ["X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"]
)
def test_every_part_must_be_there(sts: Sts, name: str) -> None:
    response = answer(sts, without(presigned(sts, KEY.id, KEY.secret), name))
    assert (response.status, code_of(response)) == (400, "IncompleteSignature")
    assert message_of(response) == (
        f"AWS query-string parameters must include '{name}'. "
        "Re-examine the query-string parameters."
    )


def test_everything_that_lacks_is_told_at_once(sts: Sts) -> None:
    request = Request(
        "GET",
        "/?Action=GetCallerIdentity&Version=2011-06-15"
        "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=",
        Headers(),
    )
    assert message_of(answer(sts, request)).count("must include") == 4


@pytest.mark.parametrize(
    ("replaced", "code"),
    [
        ({"Algorithm": "AWS4-HMAC-SHA1"}, "IncompleteSignature"),
        ({"Date": "yesterday"}, "IncompleteSignature"),
        ({"Credential": "AKIA/x"}, "IncompleteSignature"),
        ({"SignedHeaders": "accept"}, "SignatureDoesNotMatch"),
        ({"Credential": "AKIANOBODY/20260102/eu-west-1/sts/aws4_request"}, "InvalidClientTokenId"),
        ({"Credential": "AKIANOBODY/20260102/eu-west-1/s3/aws4_request"}, "SignatureDoesNotMatch"),
    ],
)
def test_what_is_wrong_is_told_as_for_a_header(
    sts: Sts, replaced: dict[str, str], code: str
) -> None:
    request = presigned(sts, KEY.id, KEY.secret, replaced=replaced)
    assert code_of(answer(sts, request)) == code


def test_the_first_of_repeated_parameters_counts(sts: Sts) -> None:
    request = presigned(sts, KEY.id, KEY.secret)
    twice = Request("GET", f"{request.target}&X-Amz-Signature=0", request.headers)
    assert answer(sts, twice).status == 200
    extended = Request("GET", f"{request.target}&Action=AssumeRole", request.headers)
    assert code_of(answer(sts, extended)) == "SignatureDoesNotMatch"


def test_a_session_token_is_part_of_what_is_signed(sts: Sts) -> None:
    held = sts.on_instance().credentials
    request = presigned(
        sts, held.access_key_id, held.secret_access_key, held.session_token.reveal()
    )
    assert answer(sts, request).status == 200
    assert code_of(answer(sts, without(request, "X-Amz-Security-Token"))) == "InvalidClientTokenId"
    sts.clock.advance(HOUR)
    late = presigned(sts, held.access_key_id, held.secret_access_key, held.session_token.reveal())
    assert code_of(answer(sts, late)) == "ExpiredToken"


def test_signed_in_the_header_and_in_the_query_is_neither(sts: Sts) -> None:
    request = presigned(sts, KEY.id, KEY.secret)
    both = Request(
        "GET", request.target, Headers([*request.headers, ("Authorization", "AWS4-HMAC-SHA256 x")])
    )
    response = answer(sts, both)
    assert (response.status, code_of(response)) == (403, "SignatureDoesNotMatch")
    assert b"<Message>" not in response.body


def test_any_operation_may_be_presigned(sts: Sts) -> None:
    asked = {"Action": "GetSessionToken", "Version": "2011-06-15", "DurationSeconds": "900"}
    response = answer(sts, presigned(sts, KEY.id, KEY.secret, parameters=asked))
    assert b"<GetSessionTokenResult>" in response.body


def test_the_body_of_a_presigned_request_counts(sts: Sts) -> None:
    request = presigned(sts, KEY.id, KEY.secret)
    fields = Headers([*request.headers, ("Content-Type", FORM)])
    post = Request("POST", request.target, fields, b"x=1")
    assert code_of(answer(sts, post)) == "SignatureDoesNotMatch"
