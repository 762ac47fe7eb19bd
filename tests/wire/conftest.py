"""A real server and a bare socket: what is compared is what a client's machine receives."""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from imds_sim import Simulator
from imds_sim.config.load import parse_config
from imds_sim.kernel.exchange import Surface
from tests.waiting import PATIENCE

CONFIG = """
listen: {eks_probes: ["127.0.0.1:2705"]}
account: "111122223333"
seed: 7
roles:
  web: {}
  api: {}
  resize: {}
  orders: {}
  closed:
    trust:
      Statement:
        Effect: Allow
        Principal: {Service: pods.eks.amazonaws.com}
        Action: sts:AssumeRole
users: {alice: {}}
instances:
  web-1: {role: web, id: i-0123456789abcdef0}
tasks:
  api-1: {role: api, credentials_id: 16105516-51c7-41a2-ad8a-ba7411f309a0, containers: {a: , b: }}
pods:
  orders-1: {role: orders}
  closed-1: {role: closed, namespace: closed}
endpoints:
  /plain: {role: api, authorization_token: open-sesame}
  /vault: {role: api, dialect: aws_vault, authorization_token: open-sesame}
  /gg/: {role: api, dialect: greengrass, authorization_token: open-sesame}
functions:
  resize-1: {role: resize, snap_start: true, authorization_token: open-sesame}
"""
DATE = re.compile(rb"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator.start(parse_config(CONFIG)) as running:
        yield running


@dataclass(frozen=True)
class Wire:
    """Bytes in, bytes out; every date in the answer is written `DATE`."""

    host: str
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=PATIENCE)

    def ask(self, request: bytes, half_close: bool = False) -> bytes:
        """Send, and read until the server closes."""
        with self.connect() as connection:
            connection.sendall(request)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            return DATE.sub(b"DATE", received(connection))


def received(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def wire_to(simulator: Simulator, surface: Surface) -> Wire:
    url = simulator.endpoints.first(surface)
    assert url is not None
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return Wire(parts.hostname, parts.port)


@pytest.fixture(scope="session")
def imds(simulator: Simulator) -> Wire:
    return wire_to(simulator, Surface.IMDS)


@pytest.fixture(scope="session")
def ecs(simulator: Simulator) -> Wire:
    return wire_to(simulator, Surface.ECS)


@pytest.fixture(scope="session")
def eks(simulator: Simulator) -> Wire:
    return wire_to(simulator, Surface.EKS)


@pytest.fixture(scope="session")
def eks_probes(simulator: Simulator) -> Wire:
    return wire_to(simulator, Surface.EKS_PROBES)


@pytest.fixture(scope="session")
def aws_lambda(simulator: Simulator) -> Wire:
    return wire_to(simulator, Surface.LAMBDA)


@pytest.fixture(scope="session")
def generic(simulator: Simulator) -> Wire:
    return wire_to(simulator, Surface.GENERIC)


@pytest.fixture(scope="session")
def sts(simulator: Simulator) -> Wire:
    return wire_to(simulator, Surface.STS)


@pytest.fixture(scope="session")
def metadata_token(imds: Wire) -> bytes:
    """A token that outlives the session of tests."""
    answer = imds.ask(
        b"PUT /latest/api/token HTTP/1.1\r\nHost: x\r\n"
        b"X-aws-ec2-metadata-token-ttl-seconds: 21600\r\n\r\n"
    )
    return answer.partition(b"\r\n\r\n")[2]
