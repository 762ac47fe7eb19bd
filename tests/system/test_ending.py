"""The end of the daemon's process: in bounded time, whatever is open or under way."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imds_sim.admin.client import AdminClient
from tests.daemons import BARE, Daemon, daemon
from tests.service_manager import ServiceManager, service_manager
from tests.system.test_daemon import DEFAULT
from tests.waiting import until

LONG = DEFAULT + "drain_timeout: 10m\n"
HALF = (
    b"POST /v1/faults HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 10\r\n\r\n"
)
SOON = 30  # seconds for an end that takes one or two; a busy machine is slow, not broken


def sts_of(running: Daemon) -> tuple[str, int]:
    host, port = running.ready["sts"][0].removeprefix("http://").split(":")
    return host, int(port)


@contextmanager
def open_request(running: Daemon) -> Iterator[socket.socket]:
    """A request to the STS whose body of 9 bytes is still to come."""
    with socket.create_connection(sts_of(running), timeout=60) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        yield client


@contextmanager
def draining(folder: Path) -> Iterator[tuple[Daemon, socket.socket]]:
    """A daemon that is told to end and waits for an open request."""
    with (
        service_manager(folder) as manager,
        daemon(folder, LONG, environment=manager.environment) as running,
        open_request(running) as client,
    ):
        running.process.send_signal(signal.SIGTERM)
        manager.until("STOPPING")
        yield running, client


def test_a_half_sent_admin_request_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with daemon(tmp_path, DEFAULT) as running, socket.socket(socket.AF_UNIX) as client:
        client.connect(str(tmp_path / "admin.sock"))
        client.sendall(HALF)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=SOON) == 0


def test_a_drain_refuses_clients_while_the_admin_surface_tells_of_it(tmp_path: Path) -> None:
    def refused() -> bool:
        try:
            socket.create_connection(sts_of(running), timeout=60).close()
        except ConnectionRefusedError:
            return True
        return False

    with draining(tmp_path) as (running, client):
        until(refused)
        assert running.imds_sim("health", check=False).returncode == 1
        client.sendall(b"Action=xx")
        assert client.recv(100).startswith(b"HTTP/1.1 302 ")
        assert running.process.wait(timeout=SOON) == 0


def test_no_reload_takes_effect_in_a_drain(tmp_path: Path) -> None:
    with draining(tmp_path) as (running, client):
        done = running.imds_sim("reload", check=False)
        assert (done.returncode, done.stderr) == (69, "the daemon is about to end\n")
        client.sendall(b"Action=xx")
        assert running.process.wait(timeout=SOON) == 0


def test_sighup_in_a_drain_cuts_nobody_off(tmp_path: Path) -> None:
    with draining(tmp_path) as (running, client):
        running.process.send_signal(signal.SIGHUP)
        client.sendall(b"Action=xx")
        assert client.recv(100).startswith(b"HTTP/1.1 302 ")
        assert running.process.wait(timeout=SOON) == 0


def test_a_second_signal_ends_a_drain_at_once(tmp_path: Path) -> None:
    with draining(tmp_path) as (running, _):
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=SOON) == 128 + signal.SIGINT
        assert "daemon.cut_short" in running.log()


@contextmanager
def blocked(file: Path) -> Iterator[int]:
    """Whoever opens `file` now waits, up to 45 s, as on a network mount whose server is gone.

    Gives the descriptor that holds the lease: fcntl(2), "Leases".
    """
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)  # by which the kernel tells of a waiter
    descriptor = os.open(file, os.O_RDONLY)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        yield descriptor
    finally:
        os.close(descriptor)
        signal.signal(signal.SIGIO, before)


def told_to_end_in_a_reload(running: Daemon, manager: ServiceManager) -> None:
    """SIGTERM, while the reload that the manager has heard of has not ended."""
    running.process.send_signal(signal.SIGTERM)
    told = manager.until("STOPPING")
    assert not any("READY" in message for message in told), "the reload was over already"
    assert running.process.wait(timeout=SOON) == 0
    assert "told to end while it read the file" in running.log()
    assert "config.reloaded" not in running.log()
    assert "Traceback" not in running.log()
    assert not (running.folder / "admin.sock").exists()


def test_sigterm_does_not_wait_for_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with (
        service_manager(tmp_path) as manager,
        daemon(tmp_path, DEFAULT, environment=manager.environment) as running,
        blocked(tmp_path / "config.yaml") as lease,
    ):
        running.process.send_signal(signal.SIGHUP)
        manager.until("RELOADING")
        until(lambda: fcntl.fcntl(lease, fcntl.F_GETLEASE) != fcntl.F_WRLCK)
        told_to_end_in_a_reload(running, manager)


def test_sigterm_in_the_middle_of_a_long_reload_ends_it_well(tmp_path: Path) -> None:
    many = "".join(f"  web-{n}: {{role: web, clients: [10.0.{n >> 8}.{n & 255}]}}\n"
                   for n in range(2, 3000))  # fmt: skip
    with (
        service_manager(tmp_path) as manager,
        daemon(tmp_path, DEFAULT, environment=manager.environment) as running,
    ):
        (tmp_path / "config.yaml").write_text(
            DEFAULT.replace("instances: {web-1: {role: web}}", "instances:\n  web-1: {role: web}")
            + many
        )
        running.process.send_signal(signal.SIGHUP)
        manager.until("RELOADING")
        told_to_end_in_a_reload(running, manager)


def test_a_reload_that_a_command_waits_for_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with (
        service_manager(tmp_path) as manager,
        daemon(tmp_path, DEFAULT, environment=manager.environment) as running,
        blocked(tmp_path / "config.yaml"),
        socket.socket(socket.AF_UNIX) as client,
    ):
        client.settimeout(60)
        client.connect(str(tmp_path / "admin.sock"))
        client.sendall(b"POST /v1/reload HTTP/1.1\r\nHost: x\r\n\r\n")
        manager.until("RELOADING")
        told_to_end_in_a_reload(running, manager)
        assert client.recv(100).startswith(b"HTTP/1.1 503 ")


def test_sighup_before_readiness_waits_and_ends_nothing(tmp_path: Path) -> None:
    """The daemon reads its configuration from a pipe, so that it is known where it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [sys.executable, "-m", "imds_sim", "serve", "--config", str(pipe)],
        env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            with pipe.open("w") as config:  # open once it reads
                process.send_signal(signal.SIGHUP)
                config.write(DEFAULT)
            assert process.stdout is not None
            assert process.stdout.readline() == "imds-sim is ready\n"
            admin = AdminClient(f"{tmp_path}/admin.sock")
            reload = until(lambda: admin.call("GET", "/v1/status")["last_reload"])
            assert isinstance(reload, dict)
            assert reload["errors"][0]["text"] == (
                f"{pipe}: is not a regular file, so it cannot be read again; restart the daemon"
            )
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=SOON)
        finally:
            process.kill()
    assert (process.returncode, "Traceback" in errors) == (0, False)


def test_a_pipe_in_the_place_of_the_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    with daemon(tmp_path, DEFAULT) as running:
        (tmp_path / "config.yaml").unlink()
        os.mkfifo(tmp_path / "config.yaml")
        done = running.imds_sim("reload", check=False)
        assert done.returncode == 66
        assert "config.yaml: is not a regular file" in done.stderr
        assert running.stop() == 0


def test_sigusr1_tells_how_the_daemon_is_and_ends_nothing(tmp_path: Path) -> None:
    with daemon(tmp_path, DEFAULT) as running:
        running.process.send_signal(signal.SIGUSR1)

        def told() -> dict[str, object] | None:
            lines = [line for line in running.log().splitlines() if "daemon.condition" in line]
            return json.loads(lines[0]) if lines else None

        condition = until(told)
        assert condition["summary"] == "serving 1 workload on 3 endpoints, generation 1"
        assert (condition["ready"], condition["last_reload"]) == (True, "none")
        assert running.stop() == 0
