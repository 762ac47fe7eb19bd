import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

import pytest

from imds_sim.admin.client import AdminClient, find
from imds_sim.admin.errors import (
    AdminRefused,
    DaemonNotFound,
    DaemonNotPermitted,
    DaemonNotUnderstood,
)
from imds_sim.kernel.address import AddressMalformed

UID = os.geteuid()


class Answering(BaseHTTPRequestHandler):
    """Answers by path with a status and a body."""

    REPLIES: ClassVar = {
        "/good": (200, '{"lines": 1}'),
        "/good?as=web-1": (200, '{"as": "web-1"}'),
        "/refused": (404, '{"error": {"code": "WorkloadUnknown", "message": "no web-9"}}'),
        "/broken": (500, "{}"),
        "/html": (200, "<html>"),
        "/list": (200, "[]"),
    }

    def do_GET(self) -> None:
        status, body = self.REPLIES[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")  # short: a unix path has at most 107 bytes


@pytest.fixture
def daemon(folder: Path) -> Iterator[str]:
    """The path of a socket where a daemon answers."""
    path = str(folder / "admin.sock")
    with Server(path, Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield path
        server.shutdown()
        thread.join()


def test_the_document_of_a_good_answer_is_returned(daemon: str) -> None:
    client = AdminClient(daemon)
    assert client.call("GET", "/good") == {"lines": 1}
    assert client.call("GET", "/good", {"as": "web-1"}) == {"as": "web-1"}
    assert client.call("GET", "/good", {"as": None}) == {"lines": 1}


def test_an_error_keeps_its_code_and_message(daemon: str) -> None:
    with pytest.raises(AdminRefused, match="no web-9") as caught:
        AdminClient(daemon).call("GET", "/refused")
    assert (caught.value.status, caught.value.code, caught.value.exit_status) == (
        404,
        "WorkloadUnknown",
        2,
    )


@pytest.mark.parametrize(
    ("status", "code", "exit_status"),
    [
        (422, "ConfigInvalid", 78),
        (422, "ConfigNotReadable", 66),
        (403, "NotPermitted", 77),
        (409, "EnvironmentUnavailable", 69),
        (409, "CannotBind", 69),
        (404, "NotFound", 69),
        (400, "InvalidQuery", 2),
        (500, "", 70),
    ],
)
def test_each_error_ends_a_command_with_its_status(
    status: int, code: str, exit_status: int
) -> None:
    assert AdminRefused(status, code, "", {}).exit_status == exit_status


def test_an_error_without_words_is_told_by_its_status(daemon: str) -> None:
    with pytest.raises(AdminRefused, match="500"):
        AdminClient(daemon).call("GET", "/broken")


@pytest.mark.parametrize("path", ["/html", "/list"])
def test_what_is_not_a_document_is_not_our_daemon(daemon: str, path: str) -> None:
    with pytest.raises(DaemonNotUnderstood, match="not the admin socket"):
        AdminClient(daemon).call("GET", path)


def test_a_daemon_is_found_by_address(daemon: str) -> None:
    assert find(f"unix:{daemon}", {}, UID) == AdminClient(daemon)
    assert find(daemon, {"IMDS_SIM_ADMIN": "unix:/nowhere"}, UID) == AdminClient(daemon)


def test_else_by_the_environment(daemon: str) -> None:
    assert find(None, {"IMDS_SIM_ADMIN": f"unix:{daemon}"}, UID) == AdminClient(daemon)


def test_else_in_the_folders_where_daemons_live(daemon: str, folder: Path) -> None:
    dead = folder / "dead"
    dead.mkdir()
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(dead / "admin.sock"))
    link = folder / "imds-sim"
    link.symlink_to(folder)
    environ = {"RUNTIME_DIRECTORY": str(dead), "XDG_RUNTIME_DIR": str(folder)}
    assert find(None, environ, UID) == AdminClient(f"{link}/admin.sock")


def test_an_address_that_is_given_is_not_searched_beyond(daemon: str, folder: Path) -> None:
    environ = {"RUNTIME_DIRECTORY": str(folder)}
    assert find(None, environ, UID) == AdminClient(daemon)
    with pytest.raises(DaemonNotFound, match="/nowhere"):
        find("unix:/nowhere", environ, UID)


def test_where_there_is_none_the_remedy_is_told(folder: Path) -> None:
    with pytest.raises(DaemonNotFound, match="imds-sim serve"):
        find(f"{folder}/admin.sock", {}, UID)


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1:1", "http://localhost:1", "unix:admin.sock", "127.0.0.1:80"]
)
def test_an_address_is_a_unix_socket_or_a_port_of_loopback(address: str) -> None:
    with pytest.raises(AddressMalformed, match="unix:/PATH"):
        find(address, {}, UID)


@pytest.fixture
def denied(daemon: str) -> Iterator[str]:
    """The socket of a daemon that this user may not speak to."""
    os.chmod(daemon, 0)
    if UID == 0:
        os.seteuid(65534)  # nothing is denied to root
    yield daemon
    os.seteuid(UID)


def test_a_socket_of_somebody_else_is_told_with_the_remedy(denied: str) -> None:
    for address, environ in ((denied, {}), (None, {"RUNTIME_DIRECTORY": os.path.dirname(denied)})):
        with pytest.raises(DaemonNotPermitted, match="group") as caught:
            find(address, environ, UID)
        assert caught.value.exit_status == 77


def test_a_daemon_that_ends_in_between_is_not_found(daemon: str) -> None:
    client = AdminClient(daemon)
    os.unlink(daemon)
    with pytest.raises(DaemonNotFound):
        client.call("GET", "/good")
