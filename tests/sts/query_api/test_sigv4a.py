"""Signature Version 4A as the Common Runtime of AWS writes it, which the SDKs use for it."""

from datetime import UTC
from io import BytesIO
from typing import Any

import pytest

from imds_sim.kernel.message import Headers, Request
from imds_sim.sts.authority import Credentials
from tests.sts.scene import ALICE, FORM, Sts, answer, code_of, form, message_of

WHO = form("GetCallerIdentity")


def signed_by_crt(
    sts: Sts, region_set: str, *, query: bool = False, held: Credentials | None = None
) -> Request:
    """A request signed by awscrt with alice's key or with temporary credentials."""
    auth: Any = pytest.importorskip("awscrt.auth")
    http: Any = pytest.importorskip("awscrt.http")
    if held is None:
        [key] = ALICE.access_keys
        keys: tuple[str, str, str | None] = (key.id, key.secret.reveal(), None)
    else:
        token = held.session_token.reveal()
        keys = (held.access_key_id, held.secret_access_key.reveal(), token)
    target = f"/?{WHO.decode()}" if query else "/"
    headers = http.HttpHeaders([("Host", "sts.local")])
    body = None
    if not query:
        body = BytesIO(WHO)
        headers.add("Content-Type", FORM)
        headers.add("Content-Length", str(len(WHO)))
    request = http.HttpRequest("GET" if query else "POST", target, headers, body)
    kinds = auth.AwsSignatureType
    config = auth.AwsSigningConfig(
        algorithm=auth.AwsSigningAlgorithm.V4_ASYMMETRIC,
        signature_type=kinds.HTTP_REQUEST_QUERY_PARAMS if query else kinds.HTTP_REQUEST_HEADERS,
        credentials_provider=auth.AwsCredentialsProvider.new_static(*keys),
        region=region_set,
        service="sts",
        date=sts.clock.wall().astimezone(UTC),
        expiration_in_seconds=60 if query else None,
    )
    done = auth.aws_sign_request(request, config).result(10)
    return Request(done.method, done.path, Headers(list(done.headers)), b"" if query else WHO)


@pytest.mark.parametrize("query", [False, True])
@pytest.mark.parametrize("region_set", ["*", "eu-west-1", "us-east-1,eu-*"])
def test_a_set_of_regions_is_signed(sts: Sts, region_set: str, query: bool) -> None:
    sts.strict_region = True
    response = answer(sts, signed_by_crt(sts, region_set, query=query))
    assert response.status == 200, response.body
    assert ALICE.arn in response.body.decode()


def test_temporary_credentials_sign_as_well(sts: Sts) -> None:
    held = sts.on_instance().credentials
    for query in (False, True):
        request = signed_by_crt(sts, "*", held=held, query=query)
        assert answer(sts, request).status == 200
        assert request.query.count("X-Amz-Security-Token") == query


def test_a_set_without_the_region_is_of_another_scope(sts: Sts) -> None:
    request = signed_by_crt(sts, "us-*")
    assert answer(sts, request).status == 200
    sts.strict_region = True
    response = answer(sts, request)
    assert code_of(response) == "SignatureDoesNotMatch"
    assert message_of(response) == "Credential should be scoped to a valid region. "


def test_another_request_or_another_key_is_not_signed(sts: Sts) -> None:
    request = signed_by_crt(sts, "*")
    other = Request(request.method, request.target, request.headers, WHO + b"&x=y")
    assert code_of(answer(sts, other)) == "SignatureDoesNotMatch"


def test_a_scope_has_no_region(sts: Sts) -> None:
    fields = {
        "Host": "sts.local",
        "Content-Type": FORM,
        "X-Amz-Date": "20260102T030405Z",
        "X-Amz-Region-Set": "*",
        "Authorization": "AWS4-ECDSA-P256-SHA256 Credential=A/20260102/eu-west-1/sts/aws4_request, "
        "SignedHeaders=host, Signature=00",
    }
    response = answer(sts, Request("POST", "/", Headers(fields.items()), WHO))
    assert code_of(response) == "IncompleteSignature"
    assert "exactly 4 slash-delimited elements, e.g. keyid/date/service/term" in message_of(
        response
    )
