import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.server.systemd import Notifier, from_environment
from tests.waiting import PATIENCE


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(PATIENCE)
        yield listening


def received(manager: socket.socket) -> dict[str, str]:
    return dict(line.split("=", 1) for line in manager.recv(4096).decode().splitlines())


def test_ready_comes_with_a_status(manager: socket.socket) -> None:
    Notifier(manager.getsockname()).ready("serving 3 workloads")
    assert received(manager) == {"READY": "1", "STATUS": "serving 3 workloads"}


def test_a_reload_carries_its_monotonic_time_in_one_datagram(manager: socket.socket) -> None:
    Notifier(manager.getsockname()).reloading()
    message = received(manager)
    assert message["RELOADING"] == "1"
    assert int(message["MONOTONIC_USEC"]) > 0


def test_stopping_and_signs_of_life_are_told(manager: socket.socket) -> None:
    notifier = Notifier(manager.getsockname())
    notifier.stopping(timedelta(seconds=10))
    notifier.alive()
    assert received(manager)["STOPPING"] == "1"
    assert received(manager) == {"WATCHDOG": "1"}


def test_a_drain_asks_for_its_own_time_and_five_seconds_more(manager: socket.socket) -> None:
    Notifier(manager.getsockname()).stopping(timedelta(minutes=10))
    assert received(manager)["EXTEND_TIMEOUT_USEC"] == "605000000"


def test_an_abstract_socket_is_reached() -> None:
    name = f"imds-sim-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name)
        listening.settimeout(PATIENCE)
        Notifier("@" + name).alive()
        assert received(listening) == {"WATCHDOG": "1"}


@pytest.mark.parametrize(
    ("variables", "every"),
    [
        pytest.param({"WATCHDOG_USEC": "20000000"}, timedelta(seconds=10), id="for anyone"),
        pytest.param(
            {"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "7"}, timedelta(seconds=10), id="for us"
        ),
        pytest.param({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "8"}, None, id="for another"),
        pytest.param({"WATCHDOG_USEC": "0"}, None, id="off"),
        pytest.param({"WATCHDOG_USEC": "x"}, None, id="nonsense"),
        pytest.param({}, None, id="not asked"),
    ],
)
def test_the_watchdog_gets_two_signs_of_life_in_its_time(
    variables: dict[str, str], every: timedelta | None
) -> None:
    notifier = Notifier.of({"NOTIFY_SOCKET": "/run/x", **variables}, pid=7)
    assert notifier.watchdog_every == every


def test_children_do_not_inherit_the_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/x")
    monkeypatch.setenv("WATCHDOG_USEC", "2")
    assert from_environment().address == "/run/x"
    assert "NOTIFY_SOCKET" not in os.environ
    assert "WATCHDOG_USEC" not in os.environ


def test_a_manager_that_is_gone_is_complained_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    notifier = Notifier(str(tmp_path / "gone"))
    notifier.alive()
    notifier.alive()
    assert [record.message for record in caplog.records] == ["systemd.unreachable"]


def test_without_a_manager_nothing_is_sent() -> None:
    assert Notifier.of({}, pid=7).address is None
    Notifier().ready("nobody listens")
