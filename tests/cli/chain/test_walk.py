import json
from collections.abc import Callable
from pathlib import Path

import pytest

from imds_sim.cli.chain.errors import AddressNotAllowed, NoAnswer, NoCredentials
from imds_sim.cli.chain.walk import metadata_endpoint, passed_over, walk
from tests.cli.conftest import Routes, StubServer

Serve = Callable[[Routes], StubServer]
DOCUMENT = json.dumps(
    {
        "Code": "Success",
        "AccessKeyId": "ASIA1",
        "SecretAccessKey": "secret",
        "Token": "token",
        "Expiration": "2026-01-02T03:04:05Z",
    }
)
ROLES = "/latest/meta-data/iam/security-credentials/"
V1 = {"PUT /latest/api/token": (404, ""), ROLES: (200, "web"), f"{ROLES}web": (200, DOCUMENT)}
V2 = {**V1, "PUT /latest/api/token": (200, "metadata-token")}


def imds_at(stub: StubServer, **more: str) -> dict[str, str]:
    return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": stub.url, **more}


def test_keys_in_the_environment_come_first(serve: Serve) -> None:
    imds = serve(V2)
    keys = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    found = walk(imds_at(imds, **keys, AWS_CONTAINER_CREDENTIALS_FULL_URI=imds.url))
    assert found.access_key_id == "AKIA1"
    assert found.secret_access_key.reveal() == "s"
    assert found.session_token is not None
    assert found.session_token.reveal() == "t"
    assert found.source.startswith("the environment")
    assert imds.lines == []


def test_half_a_key_pair_ends_the_chain() -> None:
    with pytest.raises(NoCredentials, match="AWS_SECRET_ACCESS_KEY is not"):
        walk({"AWS_ACCESS_KEY_ID": "AKIA1"})


def test_a_container_comes_before_the_instance(serve: Serve) -> None:
    imds, container = serve(V2), serve({"/v2/credentials/1?a=b": (200, DOCUMENT)})
    uri = f"{container.url}/v2/credentials/1?a=b"
    found = walk(imds_at(imds, AWS_CONTAINER_CREDENTIALS_FULL_URI=uri))
    assert found.access_key_id == "ASIA1"
    assert found.expires_at == "2026-01-02T03:04:05Z"
    assert container.url in found.source
    assert "credentials/1" not in found.source  # the path is what keeps others out
    assert "Authorization" not in container.asked[0][2]
    assert imds.lines == []


def test_a_container_that_fails_ends_the_chain(serve: Serve) -> None:
    imds, container = serve(V2), serve({"/": (400, '{"code": "InvalidIdInRequest"}\n')})
    with pytest.raises(NoCredentials, match=r"400.*InvalidIdInRequest"):
        walk(imds_at(imds, AWS_CONTAINER_CREDENTIALS_FULL_URI=container.url))
    assert imds.lines == []


def test_the_authorization_token_is_sent_as_it_is(serve: Serve, tmp_path: Path) -> None:
    container = serve({"/": (200, DOCUMENT)})
    environ = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abcd",
    }
    walk(environ)
    assert container.asked[0][2]["Authorization"] == "Basic abcd"
    file = tmp_path / "token"
    file.write_text("from a file")
    walk({**environ, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file)})
    assert container.asked[1][2]["Authorization"] == "from a file"
    file.write_text("with a line feed\n")
    with pytest.raises(NoCredentials, match="line feed"):
        walk({**environ, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file)})
    with pytest.raises(NoCredentials, match="TOKEN_FILE"):
        walk({**environ, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "none")})
    assert len(container.asked) == 2


def test_an_instance_is_asked_with_a_metadata_token(serve: Serve) -> None:
    imds = serve(V2)
    found = walk(imds_at(imds))
    assert found.source == f"IMDSv2 at {imds.url}, role web"
    assert imds.lines == ["PUT /latest/api/token", f"GET {ROLES}", f"GET {ROLES}web"]
    assert {asked[2].get("X-aws-ec2-metadata-token") for asked in imds.asked[1:]} == {
        "metadata-token"
    }


@pytest.mark.parametrize("status", [403, 404, 405])
def test_without_metadata_tokens_it_is_asked_the_old_way(serve: Serve, status: int) -> None:
    imds = serve({**V1, "PUT /latest/api/token": (status, "")})
    assert walk(imds_at(imds)).source.startswith("IMDSv1")
    with pytest.raises(NoCredentials, match="V1_DISABLED"):
        walk(imds_at(imds, AWS_EC2_METADATA_V1_DISABLED="true"))


@pytest.mark.parametrize("status", [400, 500])
def test_another_refusal_of_the_metadata_token_ends_the_chain(serve: Serve, status: int) -> None:
    imds = serve({**V1, "PUT /latest/api/token": (status, "")})
    with pytest.raises(NoCredentials, match=str(status)):
        walk(imds_at(imds))
    assert len(imds.asked) == 1


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ({ROLES: (404, "")}, "the instance has no role"),
        ({ROLES: (500, "")}, "500"),
        ({ROLES: (200, "")}, "200"),
        ({f"{ROLES}web": (500, "")}, "role web answered 500"),
        ({f"{ROLES}web": (200, "<html>")}, "not JSON"),
        ({f"{ROLES}web": (200, "[]")}, "not an object"),
        ({f"{ROLES}web": (200, '{"AccessKeyId": "A"}')}, "no SecretAccessKey"),
        (
            {f"{ROLES}web": (200, '{"Code": "AssumeRoleUnauthorizedAccess", "Message": "no"}')},
            "AssumeRoleUnauthorizedAccess: no",
        ),
    ],
)
def test_an_instance_without_good_credentials_ends_the_chain(
    serve: Serve, routes: Routes, told: str
) -> None:
    with pytest.raises(NoCredentials, match=told):
        walk(imds_at(serve({**V2, **routes})))


def test_the_chain_ends_where_nobody_answers(serve: Serve) -> None:
    gone = serve({})
    gone.server.server_close()
    with pytest.raises(NoCredentials, match="none are set"):
        walk(imds_at(gone))
    with pytest.raises(NoAnswer):
        walk({"AWS_CONTAINER_CREDENTIALS_FULL_URI": gone.url})


def test_an_instance_is_not_asked_where_that_is_switched_off() -> None:
    with pytest.raises(NoCredentials, match="AWS_EC2_METADATA_DISABLED"):
        walk({"AWS_EC2_METADATA_DISABLED": "True"})


@pytest.mark.parametrize("variable", ["FULL_URI", "IMDS"])
@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.170.2.example/",
        "http://[2001:db8::1]/",
        "http://2130706433/",
        "http://0.0.0.0/",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "127.0.0.1",
        "http://127.0.0.1:99999/",
    ],
)
def test_only_this_machine_is_asked(variable: str, url: str) -> None:
    name = {
        "FULL_URI": "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "IMDS": "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    }[variable]
    with pytest.raises(AddressNotAllowed):
        walk({name: url})


@pytest.mark.parametrize(
    ("environ", "endpoint"),
    [
        ({}, "http://169.254.169.254"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv6"}, "http://[fd00:ec2::254]"),
        (
            {
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1",
            },
            "http://127.0.0.1:1",
        ),
    ],
)
def test_an_endpoint_wins_over_a_mode(environ: dict[str, str], endpoint: str) -> None:
    assert metadata_endpoint(environ) == endpoint


def test_what_an_sdk_would_look_at_first_is_named() -> None:
    assert passed_over({"AWS_PROFILE": "a"}) == ["AWS_PROFILE"]
    assert passed_over({"AWS_PROFILE": "a", "AWS_ACCESS_KEY_ID": "b"}) == []
