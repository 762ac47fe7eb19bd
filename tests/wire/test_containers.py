"""The ECS agent and the Lambda runtime API on a bare socket."""

import json
import re

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
