"""The recorded answers and byte counts of the real service, compared whole on a bare socket.

Sources: smithy-rs http-traffic of 2021, public transcripts of 2016 to 2026, as in imds_sim.imds.
"""

import re
from collections.abc import Iterator

import pytest

from imds_sim import Simulator
from imds_sim.config.load import parse_config
from tests.wire.conftest import Wire
from tests.wire.test_imds import empty, get, same_but_ttl

CONFIG = """
account: "297018273754"
region: us-east-2
seed: 7
roles: {imds-assume-role-test: {}, old: {}}
instances:
  nitro:
    role: imds-assume-role-test
    profile: S3AdminAccess
    id: i-0cb18e9fdfea74186
    image_id: ami-0128e8b118981dabe
    instance_type: t2.small
    availability_zone: us-east-2a
    network_interfaces: [{private_ipv4s: [10.0.0.9], public_ipv4s: [203.0.113.25]}]
    metadata_options: {http_tokens: optional}
    metadata: {identity-credentials/ec2/info: recorded}
  xen: {family: xen, role: old, metadata_options: {http_tokens: optional}}
  shut: {metadata_options: {http_endpoint: disabled}}
"""
LISTING = b"""ami-id
ami-launch-index
ami-manifest-path
block-device-mapping/
events/
hostname
iam/
identity-credentials/
instance-action
instance-id
instance-life-cycle
instance-type
local-hostname
local-ipv4
mac
metrics/
network/
placement/
profile
public-hostname
public-ipv4
reservation-id
security-groups
services/
system"""
PAGE_HEAD = b'<?xml version="1.0" encoding="iso-8859-1"?>\n'


@pytest.fixture(scope="module")
def served() -> Iterator[Simulator]:
    with Simulator.start(parse_config(CONFIG)) as running:
        yield running


def wire_of(served: Simulator, name: str) -> Wire:
    _, host, port = served.endpoints.instances[name][0].split(":")
    return Wire(host.removeprefix("//"), int(port))


@pytest.fixture
def nitro(served: Simulator) -> Wire:
    return wire_of(served, "nitro")


@pytest.fixture
def xen(served: Simulator) -> Wire:
    return wire_of(served, "xen")


def v1(path: bytes, *fields: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    more = b"".join(each + b"\r\n" for each in fields)
    return method + b" " + path + b" HTTP/" + version + b"\r\n" + more + b"\r\n"


def token_of(wire: Wire) -> bytes:
    field = b"X-aws-ec2-metadata-token-ttl-seconds: 21600"
    return wire.ask(v1(b"/latest/api/token", field, method=b"PUT")).partition(b"\r\n\r\n")[2]


def item(body: bytes, kind: bytes = b"text/plain", ttl: bytes = b"") -> bytes:
    """A 200 of family N, as captured from 2021 to 2025."""
    length = str(len(body)).encode()
    return (
        b"HTTP/1.1 200 OK\r\n" + ttl + b"Content-Type: " + kind + b"\r\nAccept-Ranges: none\r\n"
        b"Last-Modified: DATE\r\nContent-Length: " + length + b"\r\nDate: DATE\r\n"
        b"Server: EC2ws\r\nConnection: close\r\n\r\n" + body
    )


TTL = b"X-Aws-Ec2-Metadata-Token-Ttl-Seconds: TTL\r\n"


@pytest.mark.parametrize(
    ("path", "body", "count"),
    [
        (b"/latest/meta-data/", LISTING, 312),
        (b"/latest/meta-data/placement/region", b"us-east-2", 9),
        (b"/latest/meta-data/instance-id", b"i-0cb18e9fdfea74186", 19),
        (
            b"/latest/meta-data/iam/security-credentials/",
            b"imds-assume-role-test",
            21,
        ),
    ],
)
def test_an_item_has_the_recorded_bytes(nitro: Wire, path: bytes, body: bytes, count: int) -> None:
    assert len(body) == count
    assert nitro.ask(v1(path)) == item(body)
    assert same_but_ttl(nitro.ask(get(path, token_of(nitro)))) == item(body, ttl=TTL)


def test_the_identity_document_has_472_bytes(nitro: Wire) -> None:
    answer = nitro.ask(v1(b"/latest/dynamic/instance-identity/document"))
    body = answer.partition(b"\r\n\r\n")[2]
    assert len(body) == 472
    assert answer == item(body)
    assert b'"privateIp" : "10.0.0.9",\n  "ramdiskId" : null,' in body


def test_the_profile_document_is_laid_out_as_recorded(nitro: Wire) -> None:
    answer = nitro.ask(v1(b"/latest/meta-data/iam/info"))
    body = answer.partition(b"\r\n\r\n")[2]
    assert answer == item(body)
    assert re.fullmatch(
        rb'\{\n  "Code" : "Success",\n  "LastUpdated" : "[0-9TZ:-]{20}",\n'
        rb'  "InstanceProfileArn" : "arn:aws:iam::297018273754:instance-profile/S3AdminAccess",\n'
        rb'  "InstanceProfileId" : "AIPA[A-Z2-7]{17}"\n\}',
        body,
    )
    assert len(body) == 200


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize("connection", [(), (b"Connection: close",)])
def test_a_connection_is_closed_unless_it_is_to_be_kept(
    nitro: Wire, version: bytes, connection: tuple[bytes, ...]
) -> None:
    request = v1(b"/latest/meta-data/instance-id", *connection, version=version)
    assert nitro.ask(request) == item(b"i-0cb18e9fdfea74186")


@pytest.mark.parametrize(
    ("request_bytes", "answer"),
    [
        pytest.param(
            v1(b"/latest/api/token", b"Expect: 100-continue", b"Content-Length: 0", method=b"PUT"),
            empty(b"417 Expectation Failed"),
            id="an expectation",
        ),
        pytest.param(
            v1(b"/latest/", b"X-aws-ec2-metadata-token: x", b"X-Forwarded-For: 10.0.0.1"),
            empty(b"403 Forbidden"),
            id="forwarded, with a token",
        ),
        pytest.param(
            v1(b"/latest/api/token", b"X-Forwarded-For: 10.0.0.1", method=b"PUT"),
            empty(b"403 Forbidden"),
            id="forwarded, for a token",
        ),
        pytest.param(
            v1(b"/latest/", b"X-aws-ec2-metadata-token: x"),
            empty(b"401 Unauthorized"),
            id="a wrong token",
        ),
        pytest.param(
            v1(b"/latest/meta-data/", method=b"get"),
            empty(b"405 Not Allowed", b"Allow: GET, HEAD, OPTIONS"),
            id="a method in lower case",
        ),
        pytest.param(
            v1(b"/latest/meta-data/", method=b"BREW"),
            empty(b"405 Not Allowed", b"Allow: GET, HEAD, OPTIONS"),
            id="an unknown method",
        ),
        pytest.param(
            v1(b"/latest/api/token", method=b"DELETE"),
            empty(b"405 Not Allowed", b"Allow: OPTIONS, PUT"),
            id="a wrong method for a token",
        ),
        pytest.param(
            v1(b"/latest/meta-data/", method=b"OPTIONS"),
            empty(b"200 OK", b"Allow: GET, HEAD, OPTIONS"),
            id="which methods",
        ),
        pytest.param(b"GET\r\n\r\n", empty(b"400 Bad Request"), id="no target"),
        pytest.param(b"\x16\x03\x01\r\n\r\n", empty(b"400 Bad Request"), id="TLS"),
        pytest.param(
            b"GET / HTTP/2.0\r\n\r\n", empty(b"505 HTTP Version Not Supported"), id="HTTP/2"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nX: " + b"a" * 17_000 + b"\r\n\r\n",
            empty(b"431 Request Header Fields Too Large"),
            id="too long a head",
        ),
        pytest.param(
            b"GET /" + b"a" * 65_536 + b" HTTP/1.1\r\n\r\n",
            empty(b"431 Request Header Fields Too Large"),
            id="a path of 64 KiB",
        ),
    ],
)
def test_a_refusal_is_empty_to_the_byte(nitro: Wire, request_bytes: bytes, answer: bytes) -> None:
    assert nitro.ask(request_bytes) == answer


def test_a_disabled_endpoint_is_403_for_every_request(served: Simulator) -> None:
    shut = wire_of(served, "shut")
    for request in (v1(b"/"), v1(b"/latest/api/token", method=b"PUT"), v1(b"/x", method=b"POST")):
        assert shut.ask(request) == empty(b"403 Forbidden")


def test_a_kept_connection_has_the_recorded_order_of_fields(served: Simulator) -> None:
    keep = b"Connection: keep-alive"
    answer = wire_of(served, "shut").ask(v1(b"/", keep), half_close=True)
    assert answer.startswith(
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nContent-Type: text/plain\r\n"
        b"Date: DATE\r\nServer: EC2ws\r\n\r\n"
    )


def test_xen_answers_as_recorded_whatever_is_asked_of_the_connection(xen: Wire) -> None:
    assert xen.ask(v1(b"/latest/meta-data/ami-launch-index", b"Connection: keep-alive")) == (
        b"HTTP/1.0 200 OK\r\nAccept-Ranges: bytes\r\nContent-Length: 1\r\n"
        b"Content-Type: text/plain\r\nDate: DATE\r\nLast-Modified: DATE\r\nConnection: close\r\n"
        b"Server: EC2ws\r\n\r\n0"
    )
    assert xen.ask(v1(b"/latest/meta-data/iam/security-credentials")) == (
        b"HTTP/1.0 301 Moved Permanently\r\nContent-Length: 0\r\nDate: DATE\r\n"
        b"Location: http://169.254.169.254/latest/meta-data/iam/security-credentials/\r\n"
        b"Connection: close\r\nServer: EC2ws\r\n\r\n"
    )
    answer = xen.ask(v1(b"/latest/meta-data/nothing"))
    assert answer.startswith(b"HTTP/1.0 404 Not Found\r\nContent-Length: 345\r\n")
    assert b"\n         " + b'"http://www.w3.org/TR/xhtml1' in answer
    assert len(answer.partition(b"\r\n\r\n")[2]) == 345
    assert re.fullmatch(rb"AQAAA[A-Za-z0-9_-]{49}==", token_of(xen))


def test_the_fifteen_versions_of_2016_have_153_bytes() -> None:
    from imds_sim.imds.versions import LISTED

    known = [each for each in LISTED if each <= "2014-11-05"]
    assert len("\n".join([*known, "latest"])) == 153
