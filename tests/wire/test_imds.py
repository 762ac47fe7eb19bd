"""The metadata service of a Nitro instance on a bare socket, every byte of it.

Sources: captures of the real service of 2020 to 2026, as told beside each answer in imds_sim.imds.
"""

import re

import pytest

from tests.wire.conftest import Wire

NOT_FOUND = b"""<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
\t\t "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>404 - Not Found</title>
 </head>
 <body>
  <h1>404 - Not Found</h1>
 </body>
</html>
"""


def get(path: bytes, metadata_token: bytes, *more: bytes) -> bytes:
    fields = b"".join(each + b"\r\n" for each in more)
    proof = b"X-aws-ec2-metadata-token: " + metadata_token
    return b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + proof + b"\r\n" + fields + b"\r\n"


def same_but_ttl(answer: bytes) -> bytes:
    return re.sub(rb"(Token-Ttl-Seconds: )\d+", rb"\1TTL", answer)


def empty(status: bytes, *fields: bytes) -> bytes:
    """An answer without body, as captured for 401."""
    more = b"".join(each + b"\r\n" for each in fields)
    return (
        b"HTTP/1.1 " + status + b"\r\n" + more + b"Content-Length: 0\r\nDate: DATE\r\n"
        b"Server: EC2ws\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n"
    )


def test_a_token_comes_with_its_ttl(imds: Wire) -> None:
    answer = imds.ask(
        b"PUT /latest/api/token HTTP/1.1\r\nHost: x\r\n"
        b"X-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n"
    )
    head, _, metadata_token = answer.partition(b"\r\n\r\n")
    assert head == (
        b"HTTP/1.1 200 OK\r\nX-Aws-Ec2-Metadata-Token-Ttl-Seconds: 60\r\nContent-Length: 56\r\n"
        b"Date: DATE\r\nServer: EC2ws\r\nConnection: close\r\nContent-Type: text/plain"
    )
    assert re.fullmatch(rb"AQAEA[A-Za-z0-9_-]{49}==", metadata_token)


def test_a_leaf_is_its_value_and_nothing_more(imds: Wire, metadata_token: bytes) -> None:
    answer = imds.ask(get(b"/latest/meta-data/instance-id", metadata_token))
    assert same_but_ttl(answer) == (
        b"HTTP/1.1 200 OK\r\nX-Aws-Ec2-Metadata-Token-Ttl-Seconds: TTL\r\n"
        b"Content-Type: text/plain\r\nAccept-Ranges: none\r\nLast-Modified: DATE\r\n"
        b"Content-Length: 19\r\nDate: DATE\r\nServer: EC2ws\r\nConnection: close\r\n\r\n"
        b"i-0123456789abcdef0"
    )


def test_an_unknown_path_is_the_page_of_the_service(imds: Wire, metadata_token: bytes) -> None:
    answer = imds.ask(get(b"/latest/meta-data/nothing", metadata_token))
    assert len(NOT_FOUND) == 339
    assert same_but_ttl(answer) == (
        b"HTTP/1.1 404 Not Found\r\nX-Aws-Ec2-Metadata-Token-Ttl-Seconds: TTL\r\n"
        b"Content-Type: text/html\r\nContent-Length: 339\r\nDate: DATE\r\nServer: EC2ws\r\n"
        b"Connection: close\r\n\r\n" + NOT_FOUND
    )


@pytest.mark.parametrize(
    ("request_line", "answer"),
    [
        pytest.param(b"GET / HTTP/1.1", empty(b"401 Unauthorized"), id="no token"),
        pytest.param(b"GET /nothing HTTP/1.1", empty(b"401 Unauthorized"), id="unknown path too"),
        pytest.param(b"PUT /latest/api/token HTTP/1.1", empty(b"400 Bad Request"), id="no TTL"),
        pytest.param(b"PUT /latest/api/token/ HTTP/1.1", empty(b"403 Forbidden"), id="final slash"),
        pytest.param(
            b"PUT /2021-03-23/api/token HTTP/1.1", empty(b"403 Forbidden"), id="dated version"
        ),
        pytest.param(
            b"GET /latest/api/token HTTP/1.1",
            empty(b"405 Not Allowed", b"Allow: OPTIONS, PUT"),
            id="GET on the token path",
        ),
    ],
)
def test_a_refusal_has_no_body(imds: Wire, request_line: bytes, answer: bytes) -> None:
    assert imds.ask(request_line + b"\r\nHost: x\r\n\r\n") == answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"\x00\x01\x02\r\n\r\n", id="binary"),
        pytest.param(b"GET\r\n\r\n", id="no target"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", id="another version"),
        pytest.param(b"GET / HTTP/1.1\r\nHost x\r\n\r\n", id="a field without colon"),
        pytest.param(b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", id="negative length"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * 17_000 + b"\r\n\r\n", id="oversize head"),
        pytest.param(
            b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n", id="oversize body"
        ),
    ],
)
def test_bytes_that_are_no_request_get_a_status_and_the_end(
    imds: Wire, request_bytes: bytes
) -> None:
    answer = imds.ask(request_bytes)
    assert re.match(rb"HTTP/1\.1 (400|403|413|431|505) ", answer)
    assert b"\r\nServer: EC2ws\r\n" in answer
    assert b"Traceback" not in answer


@pytest.mark.parametrize("method", [b"get", b"Get", b"FOO", b"POST", b"DELETE", b"PATCH"])
def test_another_method_is_not_allowed(imds: Wire, method: bytes) -> None:
    answer = imds.ask(method + b" /latest/meta-data/ HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 405 Not Allowed\r\n")


def test_a_request_without_host_is_served(imds: Wire, metadata_token: bytes) -> None:
    request = get(b"/latest/meta-data/instance-id", metadata_token).replace(b"Host: x\r\n", b"")
    assert imds.ask(request).endswith(b"\r\n\r\ni-0123456789abcdef0")


def test_http_1_0_is_answered_and_closed(imds: Wire, metadata_token: bytes) -> None:
    request = get(b"/latest/meta-data/instance-id", metadata_token).replace(b"1.1", b"1.0", 1)
    assert imds.ask(request).endswith(b"\r\n\r\ni-0123456789abcdef0")


def test_an_expectation_is_refused(imds: Wire) -> None:
    request = b"PUT /latest/api/token HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
    answer = imds.ask(request + b"Content-Length: 5\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 417 Expectation Failed\r\n")


def test_a_client_that_closes_its_side_still_gets_the_reply(
    imds: Wire, metadata_token: bytes
) -> None:
    request = get(b"/latest/meta-data/instance-id", metadata_token)
    assert imds.ask(request, half_close=True).endswith(b"i-0123456789abcdef0")


def test_a_kept_connection_answers_pipelined_requests_in_order(
    imds: Wire, metadata_token: bytes
) -> None:
    paths = [b"/latest/meta-data/instance-id", b"/latest/meta-data/ami-launch-index"] * 10
    keep = b"Connection: keep-alive"
    stream = b"".join(get(path, metadata_token, keep) for path in paths)
    last = get(b"/latest/meta-data/instance-type", metadata_token)
    answer = imds.ask(stream + last)
    bodies = [part.partition(b"HTTP/1.1 200 OK")[0] for part in answer.split(b"\r\n\r\n")[1:]]
    assert bodies == [b"i-0123456789abcdef0", b"0"] * 10 + [b"m7g.large"]
    assert answer.count(b"Connection: close") == 1


def test_head_is_get_without_its_body(imds: Wire, metadata_token: bytes) -> None:
    request = get(b"/latest/meta-data/instance-id", metadata_token)
    head = imds.ask(request.replace(b"GET", b"HEAD", 1))
    assert head == imds.ask(request).removesuffix(b"i-0123456789abcdef0")


@pytest.mark.parametrize(
    "path",
    [
        b"/latest/meta-data/../meta-data/instance-id",
        b"/latest/meta-data/%2e%2e/instance-id",
        b"/latest/meta-data/instance-id%00",
        b"/latest/meta-data/%zz",
        b"/latest/meta-data/%ff",
        b"/" + b"a" * 10_000,
    ],
)
def test_no_trick_with_a_path_leaves_the_tree(
    imds: Wire, metadata_token: bytes, path: bytes
) -> None:
    assert imds.ask(get(path, metadata_token)).startswith(b"HTTP/1.1 404 Not Found\r\n")


@pytest.mark.parametrize(
    "path",
    [
        b"//latest//meta-data//instance-id",
        b"/latest/meta-data/instance-id/",
        b"/latest/meta-data/instance-id?x=y",
        b"/latest/meta-data/%69nstance-id",
        b"/latest%2fmeta-data/instance-id",
        b"/2021-03-23/meta-data/instance-id",
        b"http://169.254.169.254/latest/meta-data/instance-id",
    ],
)
def test_a_leaf_is_found_however_clients_write_its_path(
    imds: Wire, metadata_token: bytes, path: bytes
) -> None:
    assert imds.ask(get(path, metadata_token)).endswith(b"\r\n\r\ni-0123456789abcdef0")


def test_after_every_offence_the_next_client_is_served(imds: Wire, metadata_token: bytes) -> None:
    half_open = imds.connect()
    half_open.sendall(b"GET /latest/meta-data/ HTTP/1.1\r\nHo")
    try:
        assert imds.ask(get(b"/latest/meta-data/instance-id", metadata_token)).endswith(b"def0")
    finally:
        half_open.close()
