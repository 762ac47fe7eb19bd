"""The daemon on sockets that a service manager holds: nothing is refused while it is away."""

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from imds_sim.admin.client import AdminClient
from imds_sim.kernel.address import TcpAddress
from imds_sim.server.binding import bind_tcp
from tests.daemons import BARE, daemon, handed_over
from tests.restricted import restrictable, restricted

CONFIG = "roles: {web: {}}\ninstances: {web-1: {role: web}}\n"
CREDENTIALS = "/latest/meta-data/iam/security-credentials/"
RESTARTS = 20
CLIENTS = 8
ISSUED = 20  # sets and metadata tokens before the daemon is killed


@pytest.fixture
def held() -> Iterator[socket.socket]:
    """A listening socket that outlives every daemon, as systemd's does."""
    with bind_tcp(TcpAddress("127.0.0.1", 0), "test") as listening:
        yield listening


def connected(listening: socket.socket) -> http.client.HTTPConnection:
    host, port = listening.getsockname()
    return http.client.HTTPConnection(host, port, timeout=60)


def ask(listening: socket.socket, path: str = "/latest/meta-data/", **headers: str) -> int:
    """The status of one request on a connection of its own."""
    connection = connected(listening)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def get(listening: socket.socket, path: str, **headers: str) -> bytes:
    connection = connected(listening)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().read()
    finally:
        connection.close()


def metadata_token(listening: socket.socket) -> str:
    connection = connected(listening)
    try:
        ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "21600"}
        connection.request("PUT", "/latest/api/token", headers=ttl)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_a_surface_without_a_socket_is_off_and_the_log_says_so(
    tmp_path: Path, held: socket.socket
) -> None:
    with daemon(tmp_path, CONFIG, inherited=[("imds", held)]) as running:
        host, port = held.getsockname()
        assert running.ready["imds"] == [f"http://{host}:{port}"]
        assert (running.ready["sts"], running.ready["ecs"]) == ([], [])
        assert ask(held) == 401
        off = [json.loads(line) for line in running.log().splitlines() if "listener.off" in line]
        assert {"sts", "ecs", "lambda"} <= {line["surface"] for line in off}


def test_a_socket_that_nothing_uses_is_closed_with_a_warning(
    tmp_path: Path, held: socket.socket
) -> None:
    with (
        bind_tcp(TcpAddress("127.0.0.1", 0), "test") as other,
        daemon(tmp_path, CONFIG, inherited=[("imds", held), ("typo", other)]) as running,
    ):
        assert ask(held) == 401
        assert "socket.unused" in running.log()
        assert "typo" in running.log()


def test_the_control_surface_can_be_inherited_too(tmp_path: Path, held: socket.socket) -> None:
    path = tmp_path / "given.sock"
    with socket.socket(socket.AF_UNIX) as admin:
        admin.bind(str(path))
        admin.listen()
        with daemon(tmp_path, CONFIG, inherited=[("imds", held), ("admin", admin)]) as running:
            assert running.ready["admin"] == [f"unix:{path}"]
            told = running.run(
                "curl", "-s", "--unix-socket", str(path), "http://localhost/readyz"
            ).stdout
            assert json.loads(told) == {"ready": True}
            assert running.stop() == 0
    assert path.exists(), "the file belongs to who made the socket"


def test_probes_can_be_inherited_too(tmp_path: Path, held: socket.socket) -> None:
    with (
        bind_tcp(TcpAddress("127.0.0.1", 0), "test") as probes,
        daemon(tmp_path, CONFIG, inherited=[("imds", held), ("probes", probes)]) as running,
    ):
        host, port = probes.getsockname()
        assert running.ready["probes"] == [f"http://{host}:{port}"]
        assert (ask(probes, "/readyz"), ask(probes, "/metrics"), ask(probes)) == (200, 200, 404)
        assert f"probes  http://{host}:{port}" in running.imds_sim("status").stdout
        assert "socket.unused" not in running.log()


@restrictable
@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(
            'probes: ["127.0.0.1:9102"]',
            "probes cannot listen on 127.0.0.1:9102: address family not supported by protocol; "
            "this service may open no sockets of its own: let a socket unit hand it over "
            "(ListenStream=127.0.0.1:9102, FileDescriptorName=probes), or install the service "
            "with: imds-sim install-systemd --capability",
            id="probes",
        ),
        pytest.param('listen: {sts: ["[::1]:1339"]}', "FileDescriptorName=sts)", id="IPv6"),
    ],
)
def test_under_the_socket_unit_an_address_of_the_file_is_told_with_a_way_out(
    tmp_path: Path, held: socket.socket, line: str, told: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"{CONFIG}{line}\n")
    serve = [sys.executable, "-m", "imds_sim", "serve", "--config", str(file)]
    done = subprocess.run(
        handed_over(restricted(serve), [("imds", held)]),
        env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        pass_fds=[held.fileno()],
    )
    assert done.returncode == 69
    assert told in done.stderr.splitlines()[-1]


class Load:
    """Clients that ask over and over, a connection per request."""

    def __init__(self, listening: socket.socket) -> None:
        self.statuses: list[int] = []
        self.cut_off = 0  # by a daemon that died over the request
        self._listening = listening
        self._done = Event()
        self._pool = ThreadPoolExecutor(CLIENTS)
        self._clients = [self._pool.submit(self._run) for _ in range(CLIENTS)]

    def _run(self) -> None:
        while not self._done.is_set():
            try:
                self.statuses.append(ask(self._listening))
            except (ConnectionResetError, http.client.RemoteDisconnected):
                self.cut_off += 1

    def until_more_is_served(self) -> None:
        """Wait until every client can have been served once more."""
        before = len(self.statuses)
        while len(self.statuses) < before + CLIENTS:
            assert not any(client.done() for client in self._clients)
            assert ask(self._listening) == 401

    def end(self) -> None:
        """Stop, and raise what a client met; a refused connection above all."""
        self._done.set()
        for client in self._clients:
            client.result()
        self._pool.shutdown()


@pytest.mark.slow
def test_twenty_restarts_under_load_lose_no_request(tmp_path: Path, held: socket.socket) -> None:
    load = Load(held)
    try:
        for _ in range(RESTARTS):
            with daemon(tmp_path, CONFIG, inherited=[("imds", held)]) as running:
                load.until_more_is_served()
                assert running.stop() == 0
    finally:
        with daemon(tmp_path, CONFIG, inherited=[("imds", held)]):
            load.end()
    assert set(load.statuses) == {401}
    assert load.cut_off == 0


@pytest.mark.slow
def test_a_kill_under_load_refuses_no_connection_and_ends_no_credential(
    tmp_path: Path, held: socket.socket
) -> None:
    config = f"state_dir: {tmp_path}/state\n{CONFIG}"
    tokens: list[dict[str, str]] = []
    documents: list[dict[str, str]] = []
    with bind_tcp(TcpAddress("127.0.0.1", 0), "test") as sts:
        inherited = [("imds", held), ("sts", sts)]
        load = Load(held)
        try:
            with daemon(tmp_path, config, inherited=inherited) as running:
                load.until_more_is_served()
                admin = AdminClient(f"{running.folder}/admin.sock")
                for _ in range(ISSUED):
                    admin.call("POST", "/v1/rotate")
                    shown = {"X-aws-ec2-metadata-token": metadata_token(held)}
                    tokens.append(shown)
                    documents.append(json.loads(get(held, f"{CREDENTIALS}web", **shown)))
                running.process.kill()
                running.process.wait(timeout=30)
        finally:
            with daemon(tmp_path, config, inherited=inherited) as again:
                load.until_more_is_served()
                load.end()
                assert {ask(held, **shown) for shown in tokens} == {200}
                verify = {"access_key_id": "AccessKeyId", "session_token": "Token"}
                admin = AdminClient(f"{again.folder}/admin.sock")
                verified = [
                    admin.call(
                        "POST",
                        "/v1/verify",
                        document={name: issued[member] for name, member in verify.items()},
                    )
                    for issued in documents
                ]
    assert len({issued["AccessKeyId"] for issued in documents}) == ISSUED
    assert all("assumed-role/web" in str(each) for each in verified)
    assert set(load.statuses) == {401}
