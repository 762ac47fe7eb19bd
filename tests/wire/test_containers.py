"""The ECS and EKS agents and what Lambda functions find, on a bare socket."""

import json
import re
from pathlib import Path

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


def token_of(simulator: Simulator, pod: str) -> bytes:
    file = simulator.environment(pod)["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    return Path(file).read_bytes()


def from_agent(eks: Wire, *fields: bytes) -> bytes:
    """The answer to a client that means the address of the agent."""
    more = b"".join(each + b"\r\n" for each in (b"Connection: close", *fields))
    return eks.ask(b"GET /v1/credentials HTTP/1.1\r\nHost: 169.254.170.23\r\n" + more + b"\r\n")


def plain(status: bytes, text: bytes) -> bytes:
    """An error as the agent writes it."""
    return (
        b"HTTP/1.1 " + status + b"\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"X-Content-Type-Options: nosniff\r\nDate: DATE\r\nContent-Length: "
        + str(len(text) + 1).encode()
        + b"\r\nConnection: close\r\n\r\n"
        + text
        + b"\n"
    )


def test_a_pod_gets_its_credentials_with_its_token(simulator: Simulator, eks: Wire) -> None:
    answer = from_agent(eks, b"Authorization: " + token_of(simulator, "orders-1"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head == (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: DATE\r\nContent-Length: "
        + str(len(body)).encode()
        + b"\r\nConnection: close"
    )
    fields = ["AccessKeyId", "SecretAccessKey", "Token", "AccountId", "Expiration"]
    assert list(json.loads(body)) == fields


def test_the_agent_refuses_as_recorded(simulator: Simulator, eks: Wire) -> None:
    token = token_of(simulator, "orders-1")
    parsed = b"Service account token cannot be parsed: token is malformed: "
    assert from_agent(eks) == plain(b"400 Bad Request", b"Service account token cannot be empty")
    assert from_agent(eks, b"Authorization: Bearer " + token) == plain(
        b"400 Bad Request",
        parsed + b"could not base64 decode header: illegal base64 data at input byte 6",
    )
    assert from_agent(eks, b"Authorization: x") == plain(
        b"400 Bad Request", parsed + b"token contains an invalid number of segments"
    )
    # A line feed ends the field: what follows is another one, and no name.
    assert from_agent(eks, b"Authorization: " + token + b"\nx").startswith(b"HTTP/1.1 400 Bad Re")
    assert eks.ask(get(b"/v1/credentials", b"Authorization: " + token)) == plain(
        b"403 Forbidden",
        b"Access Denied. Called agent through invalid address, please use either "
        b"[169.254.170.23 fd00:ec2::23] address not x",
    )


REQUEST_ID = re.compile(rb"\[[0-9a-f-]{36}\]")


def test_eks_auth_refuses_through_the_agent(simulator: Simulator, eks: Wire) -> None:
    foreign = token_of(simulator, "orders-1")[:-4] + b"AAAA"
    answers = {
        foreign: b"(InvalidTokenException): The token included in the request is invalid.",
        token_of(simulator, "closed-1"): b"(AccessDeniedException): Unauthorized Exception! EKS "
        b"does not have permissions to assume the associated role.",
    }
    for token, said in answers.items():
        answer = REQUEST_ID.sub(
            b"[" + b"-" * 36 + b"]", from_agent(eks, b"Authorization: " + token)
        )
        expected = b"[" + b"-" * 36 + b"]: " + said + b", fault: client"
        assert answer == plain(b"400 Bad Request", expected)


def test_a_function_learns_where_it_runs(simulator: Simulator, aws_lambda: Wire) -> None:
    token = simulator.environment("resize-1")["AWS_LAMBDA_METADATA_TOKEN"].encode()
    path = b"/2026-01-15/metadata/execution-environment"
    assert aws_lambda.ask(get(path, b"Authorization: Bearer " + token)) == (
        b"HTTP/1.1 200 OK\r\nCache-Control: private, max-age=43200, immutable\r\n"
        b"Content-Type: application/json\r\nDate: DATE\r\nContent-Length: 33\r\n"
        b'Connection: close\r\n\r\n{"AvailabilityZoneID":"use1-az1"}'
    )
    assert aws_lambda.ask(get(path)) == plain(b"401 Unauthorized", b"Unauthorized")


@pytest.mark.parametrize("path", [b"/healthz", b"/readyz"])
def test_the_agents_probes_are_answered_with_nothing(eks_probes: Wire, path: bytes) -> None:
    assert eks_probes.ask(get(path)) == (
        b"HTTP/1.1 200 OK\r\nDate: DATE\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )


def test_the_agents_metrics_count_its_answers_by_status(eks: Wire, eks_probes: Wire) -> None:
    def counted() -> tuple[bytes, int]:
        head, _, body = eks_probes.ask(get(b"/metrics")).partition(b"\r\n\r\n")
        found = re.search(rb'^pod_identity_http_response\{code="400"\} (\d+)$', body, re.MULTILINE)
        return head, int(found[1]) if found else 0

    _, before = counted()
    from_agent(eks)
    eks.ask(get(b"/nothing"))  # the agent counts what reaches its handler
    head, after = counted()
    assert after == before + 1
    assert b"Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n" in head


def test_the_probes_are_nowhere_else(eks: Wire, eks_probes: Wire) -> None:
    for wire, path in ((eks, b"/healthz"), (eks, b"/metrics"), (eks_probes, b"/v1/credentials")):
        assert wire.ask(get(path)) == plain(b"404 Not Found", b"404 page not found")
