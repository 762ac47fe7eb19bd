from collections.abc import Callable

import pytest

from tests.cli.conftest import Invoke, Routes, StubServer

TOKEN = ("PUT /latest/api/token", (200, "metadata-token"))


def test_the_body_is_printed_as_it_came(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    imds = serve(dict([TOKEN, ("/latest/meta-data/x", (200, "a\nbä"))]))
    environ = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": imds.url + "/"}
    for path in ("meta-data/x", "/latest/meta-data/x"):
        result = invoke("get", path, environ=environ)
        assert (result.exit_code, result.stdout_bytes) == (0, "a\nbä".encode())
    assert imds.lines[:2] == ["PUT /latest/api/token", "GET /latest/meta-data/x"]
    assert imds.asked[1][2]["X-aws-ec2-metadata-token"] == "metadata-token"


def test_another_answer_than_200_is_a_no(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    imds = serve(dict([TOKEN]))
    result = invoke("get", "/x", environ={"AWS_EC2_METADATA_SERVICE_ENDPOINT": imds.url})
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "imds-sim: GET /x: 404 Not Found\n"


def test_without_a_token_nothing_is_got(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    imds = serve({"PUT /latest/api/token": (403, "")})
    result = invoke("get", "/x", environ={"AWS_EC2_METADATA_SERVICE_ENDPOINT": imds.url})
    assert result.exit_code == 1
    assert "PUT /latest/api/token: 403" in result.stderr
    assert imds.lines == ["PUT /latest/api/token"]


@pytest.mark.parametrize(
    "endpoint", ["http://10.0.0.1", "http://imds.example", "https://127.0.0.1"]
)
def test_other_machines_are_never_asked(invoke: Invoke, endpoint: str) -> None:
    result = invoke("get", "/x", environ={"AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint})
    assert result.exit_code == 77


def test_where_nobody_listens_the_address_is_not_available(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    gone = serve({})
    gone.server.server_close()
    result = invoke("get", "/x", environ={"AWS_EC2_METADATA_SERVICE_ENDPOINT": gone.url})
    assert result.exit_code == 69
    assert gone.url in result.stderr
