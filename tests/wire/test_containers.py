"""The ECS agent and the Lambda runtime API on a bare socket."""

import json
import re

import pytest

from imds_sim import Simulator
from tests.wire.conftest import Wire

PATH = b"/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0"


def get(path: bytes, *fields: bytes) -> bytes:
    more = b"".join(each + b"\r\n" for each in (b"Connection: close", *fields))
    return b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + more + b"\r\n"


def without_port(answer: bytes) -> bytes:
    return re.sub(rb"(Remote-Addr: 127\.0\.0\.1:)\d+", rb"\1PORT", answer)


def test_a_task_gets_its_credentials(ecs: Wire) -> None:
    head, _, body = ecs.ask(get(PATH)).partition(b"\r\n\r\n")
    assert without_port(head) == (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Rate-Limit-Duration: 1\r\n"
        b"X-Rate-Limit-Limit: 40.00\r\nX-Rate-Limit-Request-Forwarded-For: \r\n"
        b"X-Rate-Limit-Request-Remote-Addr: 127.0.0.1:PORT\r\nDate: DATE\r\n"
        b"Content-Length: " + str(len(body)).encode() + b"\r\nConnection: close"
    )
    fields = ["RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"]
    assert list(json.loads(body)) == fields


def test_an_unknown_id_is_a_bad_request(ecs: Wire) -> None:
    answer = ecs.ask(get(b"/v2/credentials/unknown"))
    body = (
        b'{"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found",'
        b'"HTTPErrorCode":400}'
    )
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n")
    assert answer.endswith(b"\r\n\r\n" + body)


def test_an_unknown_path_is_gos_404(ecs: Wire) -> None:
    answer = ecs.ask(get(b"/v3/credentials/x"))
    assert answer.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert answer.endswith(b"\r\n\r\n404 page not found\n")


def test_a_request_without_host_is_refused_as_go_refuses_it(ecs: Wire) -> None:
    assert ecs.ask(b"GET / HTTP/1.1\r\n\r\n") == (
        b"HTTP/1.1 400 Bad Request: missing required Host header\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
        b"400 Bad Request: missing required Host header"
    )


def test_a_function_gets_its_credentials_with_its_token(aws_lambda: Wire) -> None:
    answer = aws_lambda.ask(get(b"/2021-04-23/credentials", b"Authorization: open-sesame"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head == (
        b"HTTP/1.1 200 OK\r\nDate: DATE\r\nContent-Length: " + str(len(body)).encode() + b"\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nConnection: close"
    )
    assert list(json.loads(body)) == ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"]


def test_a_wrong_token_is_not_found(aws_lambda: Wire) -> None:
    answer = aws_lambda.ask(get(b"/2021-04-23/credentials", b"Authorization: Bearer open-sesame"))
    assert answer.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert answer.endswith(b"\r\n\r\ncannot get credentials for the provided token\n")


@pytest.mark.parametrize("path", ["/task", "/task/stats"])
def test_what_net_http_cannot_buffer_comes_in_one_chunk(
    ecs: Wire, simulator: Simulator, path: str
) -> None:
    base = simulator.environment("api-1")["ECS_CONTAINER_METADATA_URI_V4"]
    answer = ecs.ask(get(f"/{base.split('/', 3)[3]}{path}".encode()))
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.endswith(b"Connection: close\r\nTransfer-Encoding: chunked")
    assert b"Content-Length" not in head
    length, _, chunk = rest.partition(b"\r\n")
    assert chunk.endswith(b"\r\n0\r\n\r\n")
    body = chunk.removesuffix(b"\r\n0\r\n\r\n")
    assert int(length, 16) == len(body) > 2048
    assert isinstance(json.loads(body), dict)


@pytest.mark.parametrize("path", [b"/plain", b"/vault", b"/gg/"])
@pytest.mark.parametrize(
    "token",
    [
        pytest.param(b"open-\nsesame", id="a line feed"),
        pytest.param(b"open-\rsesame", id="a carriage return"),
        pytest.param(b"open-\r\n sesame", id="a folded line"),
        pytest.param(b"open-\x00sesame", id="a zero"),
    ],
)
def test_a_token_with_a_line_break_is_no_request(generic: Wire, path: bytes, token: bytes) -> None:
    assert generic.ask(get(path, b"Authorization: " + token)) == (
        b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Connection: close\r\n\r\n400 Bad Request"
    )


def test_each_dialect_refuses_a_foreign_token_in_its_own_bytes(generic: Wire) -> None:
    wrong = b"Authorization: wrong"
    assert generic.ask(get(b"/gg/", wrong)) == (
        b"HTTP/1.1 403 Forbidden\r\nDate: DATE\r\nContent-length: 0\r\n\r\n"
    )
    assert generic.ask(get(b"/vault/x", wrong)) == (
        b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json; charset=utf-8\r\nDate: DATE"
        b"\r\nContent-Length: 42\r\nConnection: close\r\n\r\n"
        b'{"Message":"invalid Authorization token"}\n'
    )
    assert generic.ask(get(b"/plain", wrong)).startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert generic.ask(get(b"/plain", b"Authorization: open-sesame")).startswith(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    )
