"""The STS on a bare socket: its answers to requests that name nobody."""

import re

import pytest

from tests.wire.conftest import Wire

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EXTENDED = re.compile(rb"(extended-request-id: )[A-Za-z0-9+/=]+")


def post(body: bytes, fields: bytes = FORM) -> bytes:
    length = b"Content-Length: " + str(len(body)).encode()
    return b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + fields + length + (
        b"\r\n\r\n" + body
    )  # fmt: skip


def masked(answer: bytes) -> bytes:
    return EXTENDED.sub(rb"\1EXTENDED", UUID.sub(b"UUID", answer))


def test_a_request_without_action_is_sent_to_the_front_page(sts: Wire) -> None:
    assert masked(sts.ask(post(b"Version=2011-06-15"))) == (
        b"HTTP/1.1 302 Found\r\nx-amzn-RequestId: UUID\r\n"
        b"x-amz-sts-extended-request-id: EXTENDED\r\nLocation: https://aws.amazon.com/iam\r\n"
        b"Content-Length: 0\r\nDate: DATE\r\nConnection: close\r\n\r\n"
    )


def test_an_unsigned_request_is_refused(sts: Wire) -> None:
    body = b"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>Sender</Type>
    <Code>MissingAuthenticationToken</Code>
    <Message>Request is missing Authentication Token</Message>
  </Error>
  <RequestId>UUID</RequestId>
</ErrorResponse>
"""
    answer = masked(sts.ask(post(b"Action=GetCallerIdentity&Version=2011-06-15")))
    head, _, told = answer.partition(b"\r\n\r\n")
    assert told == body
    assert head.startswith(
        b"HTTP/1.1 403 Forbidden\r\nx-amzn-RequestId: UUID\r\n"
        b"x-amz-sts-extended-request-id: EXTENDED\r\nContent-Type: text/xml\r\n"
    )


def test_an_unknown_action_is_told_in_the_other_namespace(sts: Wire) -> None:
    answer = sts.ask(post(b"Action=GetServiceBearerToken&Version=2011-06-15"))
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"' in answer
    assert b"Could not find operation GetServiceBearerToken for version 2011-06-15" in answer


def test_any_other_path_is_unknown(sts: Wire) -> None:
    answer = sts.ask(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert answer.endswith(b"\r\n\r\n<UnknownOperationException/>\n")


@pytest.mark.parametrize(("length", "status"), [(10_000_000, b"302"), (10_000_001, b"413")])
def test_a_body_has_its_limit(sts: Wire, length: int, status: bytes) -> None:
    answer = sts.ask(post(b"a" * length))
    assert answer.startswith(b"HTTP/1.1 " + status)
