"""Full-URI endpoints; greengrass and aws_vault are compared with their servers in test_recorded."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imds_sim.containers.generic import GenericHandler
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.kernel.secret import Secret
from imds_sim.workloads.endpoint import Dialect, Endpoint
from imds_sim.workloads.resolve import Resolver
from tests.containers.client import GENERIC, REFUSED, HeldSets
from tests.containers.conftest import MakeEndpoint

HOST = ("Host", "127.0.0.1:1343")
TOKEN = ("Authorization", "open-sesame")


def ask(
    generic: GenericHandler, endpoint: Endpoint, *fields: tuple[str, str], method: str = "GET",
    path: str = "",
) -> Response:  # fmt: skip
    request = Request(method, path or endpoint.name, Headers([HOST, *fields]))
    asked = Resolver.of([endpoint]).resolve(GENERIC, request)
    assert isinstance(asked, Endpoint | None)
    return generic.handle(request, asked, GENERIC)


def raw(response: Response) -> bytes:
    return response.head() + response.payload


def test_a_plain_endpoint_gives_credentials_for_its_token(
    generic: GenericHandler, endpoint: MakeEndpoint
) -> None:
    assert raw(ask(generic, endpoint("/creds"), TOKEN)) == (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT"
        b"\r\nContent-Length: 211\r\n\r\n"
        b'{"RoleArn":"arn:aws:iam::111122223333:role/web","AccessKeyId":"ASIAQQQQQQQQQQQQQQQQ",'
        b'"SecretAccessKey":"wJalr/XUtn+FEMI","Token":"IQoJ//b3JpZ2lu==",'
        b'"AccountId":"111122223333","Expiration":"2026-01-02T09:00:00Z"}'
    )


UNAUTHORIZED = (
    b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n"
    b"Date: Fri, 02 Jan 2026 03:04:05 GMT\r\nContent-Length: 96\r\n\r\n"
    b'{"code":"Unauthorized","message":"the authorization token is missing or is not this '
    b"endpoint's\"}"
)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param([], id="missing"),
        pytest.param([("Authorization", "")], id="empty"),
        pytest.param([("Authorization", "open-sesam")], id="half of it"),
        pytest.param([("Authorization", "Bearer open-sesame")], id="with a scheme"),
        pytest.param([("Authorization", "OPEN-SESAME")], id="in capitals"),
        pytest.param([("Authorization", "open-sesame\xe4")], id="with a byte more"),
        pytest.param([("Authorization", "other"), TOKEN], id="after another's"),
    ],
)
def test_a_plain_endpoint_refuses_any_other_token(
    generic: GenericHandler, endpoint: MakeEndpoint, fields: list[tuple[str, str]]
) -> None:
    assert raw(ask(generic, endpoint("/creds"), *fields)) == UNAUTHORIZED


def test_the_token_of_one_endpoint_is_worth_nothing_at_another(
    generic: GenericHandler, endpoint: MakeEndpoint
) -> None:
    foreign = replace(endpoint("/other"), authorization_token=Secret("others"))
    assert ask(generic, foreign, TOKEN).status == 401
    assert ask(generic, foreign, ("Authorization", "others")).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get"])
def test_a_plain_endpoint_knows_get_and_head_alone(
    generic: GenericHandler, endpoint: MakeEndpoint, method: str
) -> None:
    response = ask(generic, endpoint("/creds"), TOKEN, method=method)
    assert response.status == 405
    assert ("Allow", "GET, HEAD") in response.headers
    assert json.loads(response.body)["code"] == "MethodNotAllowed"
    assert ask(generic, endpoint("/creds"), TOKEN, method="HEAD").status == 200


@pytest.mark.parametrize("path", ["/", "/creds/", "/creds/x", "/cred", "/Creds", "//creds"])
def test_a_path_of_no_endpoint_is_not_found(
    generic: GenericHandler, endpoint: MakeEndpoint, path: str
) -> None:
    response = ask(generic, endpoint("/creds"), TOKEN, path=path)
    assert (response.status, response.body) == (404, b"404 page not found\n")


@pytest.mark.parametrize("path", ["/creds?a=1", "http://127.0.0.1:1343/creds", "/cre%64s"])
def test_query_and_form_of_the_target_do_not_matter(
    generic: GenericHandler, endpoint: MakeEndpoint, path: str
) -> None:
    assert ask(generic, endpoint("/creds"), TOKEN, path=path).status == 200


@pytest.mark.parametrize(
    ("dialect", "status", "body"),
    [
        (
            Dialect.PLAIN,
            500,
            b'{"code":"InternalServerError","message":"the role\'s credentials could not be '
            b'obtained"}',
        ),
        (Dialect.GREENGRASS, 403, b"TES responded with status code: 403. Caching response. "),
        (Dialect.AWS_VAULT, 500, b'{"Message":"the trust policy"}\n'),
        (
            Dialect.CLOUDSHELL,
            500,
            b"<html><head><title>500 Internal Server Error</title></head>"
            b"<body><h1>500 Internal Server Error</h1></body></html>\n",
        ),
    ],
)
def test_a_role_that_refuses_is_an_error_in_every_dialect(
    generic: GenericHandler, endpoint: MakeEndpoint, provider: HeldSets,
    dialect: Dialect, status: int, body: bytes,
) -> None:  # fmt: skip
    asked = endpoint("/a/", dialect)
    provider.sets[asked.name] = REFUSED
    response = ask(generic, asked, TOKEN)
    assert (response.status, response.body) == (status, body)
    assert response.notes.detail == "the trust policy"


def test_the_nearest_endpoint_above_a_path_answers(endpoint: MakeEndpoint) -> None:
    vault = endpoint("/", Dialect.AWS_VAULT)
    near, plain = endpoint("/near", Dialect.AWS_VAULT), endpoint("/near/plain")
    resolver = Resolver.of([vault, plain, near])

    def named(path: str) -> Endpoint:
        found = resolver.resolve(GENERIC, Request("GET", path))
        assert isinstance(found, Endpoint)
        return found

    assert named("/") is named("/anything") is named("/nearly") is vault
    assert named("/near") is named("/near/") is named("/near/role-arn/x") is near
    assert named("/near/plain") is plain
    assert named("/near/plain/x") is near


SHELL = "/latest/meta-data/container/security-credentials"


def test_cloudshell_answers_in_the_form_of_the_metadata_service(
    generic: GenericHandler, endpoint: MakeEndpoint
) -> None:
    response = ask(generic, endpoint(SHELL, Dialect.CLOUDSHELL), TOKEN)
    assert response.body == (
        b'{\n\t"LastUpdated": "1970-01-01T00:00:00Z",\n\t"Type": "",\n'
        b'\t"AccessKeyId": "ASIAQQQQQQQQQQQQQQQQ",\n\t"SecretAccessKey": "wJalr/XUtn+FEMI",\n'
        b'\t"Token": "IQoJ//b3JpZ2lu==",\n\t"Expiration": "2026-01-02T09:00:00Z",\n'
        b'\t"Code": "Success"\n}'
    )


def test_cloudshell_takes_a_metadata_token_until_it_ends(
    generic: GenericHandler, endpoint: MakeEndpoint, clock: ManualClock
) -> None:
    shell = endpoint(SHELL, Dialect.CLOUDSHELL)
    ttl = ("X-aws-ec2-metadata-token-ttl-seconds", "60")
    issued = ask(generic, shell, ttl, method="PUT", path="/latest/api/token")
    assert issued.status == 200
    presented = ("X-aws-ec2-metadata-token", issued.body.decode())
    clock.advance(timedelta(seconds=59))
    assert ask(generic, shell, presented).status == 200
    clock.advance(timedelta(seconds=1))
    assert ask(generic, shell, presented).status == 401


@pytest.mark.parametrize(
    ("ttl", "status"),
    [
        ("0", 400),
        ("1", 200),
        ("21600", 200),
        ("21601", 400),
        ("", 400),
        ("x", 400),
        ("9" * 30, 400),
    ],
)
def test_cloudshell_issues_tokens_for_a_second_to_six_hours(
    generic: GenericHandler, endpoint: MakeEndpoint, ttl: str, status: int
) -> None:
    shell = endpoint(SHELL, Dialect.CLOUDSHELL)
    field = ("X-aws-ec2-metadata-token-ttl-seconds", ttl)
    response = ask(generic, shell, field, method="PUT", path="/latest/api/token")
    assert response.status == status
    assert ask(generic, shell, field, path="/latest/api/token").status == 405


@pytest.mark.parametrize("token", ["", "x", "A" * 32, "\xe4", "AAAA=AAA"])
def test_cloudshell_refuses_what_it_did_not_issue(
    generic: GenericHandler, endpoint: MakeEndpoint, token: str
) -> None:
    shell = endpoint(SHELL, Dialect.CLOUDSHELL)
    response = ask(generic, shell, ("X-aws-ec2-metadata-token", token))
    assert response.status == 401
    assert response.body.startswith(b"<html>")


LATIN = st.text(st.characters(max_codepoint=255), max_size=40)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dialect=st.sampled_from(Dialect),
    method=st.sampled_from(["GET", "HEAD", "PUT", "CONNECT", "OPTIONS"]) | LATIN,
    target=LATIN | LATIN.map(lambda text: "/a/" + text) | st.just("/latest/api/token"),
    fields=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    *("Authorization", "Connection", "Expect", "Host"),
                    *("X-aws-ec2-metadata-token", "X-aws-ec2-metadata-token-ttl-seconds"),
                ]
            ),
            LATIN | st.just("open-sesame"),
        ),
        max_size=4,
    ),
    version=st.sampled_from(["1.0", "1.1"]),
)
def test_no_request_makes_an_endpoint_fail(
    generic: GenericHandler, endpoint: MakeEndpoint, dialect: Dialect, method: str, target: str,
    fields: list[tuple[str, str]], version: str,
) -> None:  # fmt: skip
    asked = endpoint("/a/", dialect)
    request = Request(method, target, Headers([HOST, *fields]), version=version)
    named = Resolver.of([asked]).resolve(GENERIC, request)
    assert isinstance(named, Endpoint | None)
    response = generic.handle(request, named, GENERIC)
    assert response.status < 500
    assert response.head().count(b"\r\n") == len(response.headers) + 2
