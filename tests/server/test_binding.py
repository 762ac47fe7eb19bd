import errno
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from imds_sim.kernel.address import TcpAddress, UnixAddress
from imds_sim.server.binding import (
    UNIX_PATH_BYTES,
    CannotBind,
    _tcp_remedy,
    _unix_remedy,
    _words,
    bind,
    bind_unix,
    bound_address,
)
from tests.waiting import PATIENCE


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short enough for the path of a unix socket, which has at most 107 bytes."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="imds-sim-") as name:
        yield Path(name)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_port_0_takes_a_free_port(host: str) -> None:
    with bind(TcpAddress(host, 0), "imds") as listening:
        bound = bound_address(listening)
        assert isinstance(bound, TcpAddress)
        assert bound.host == host
        assert bound.port > 0
        with socket.create_connection((host, bound.port), timeout=PATIENCE):
            pass


def test_ipv6_listeners_leave_ipv4_alone() -> None:
    with bind(TcpAddress("::1", 0), "imds") as listening:
        assert listening.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1


def test_an_address_in_use_is_said_in_one_line_with_the_cure() -> None:
    with bind(TcpAddress("127.0.0.1", 0), "imds") as listening:
        address = bound_address(listening)
        with pytest.raises(CannotBind) as raised:
            bind(address, "imds of web-1")
    assert str(raised.value) == (
        f"imds of web-1 cannot listen on {address}: address already in use; "
        "stop what listens there or choose another port"
    )
    assert raised.value.exit_status == 69


@pytest.mark.parametrize(
    ("host", "command"),
    [
        ("192.0.2.1", "ip address add 192.0.2.1/32 dev lo"),
        ("2001:db8::1", "ip address add 2001:db8::1/128 dev lo"),
    ],
)
def test_an_address_that_is_not_there_is_said_with_the_command_that_adds_it(
    host: str, command: str
) -> None:
    with pytest.raises(CannotBind, match=command) as raised:
        bind(TcpAddress(host, 0), "imds")
    assert raised.value.exit_status == 69
    assert "\n" not in str(raised.value)


def test_a_port_that_is_not_permitted_is_said_with_three_ways_out() -> None:
    remedy, status = _tcp_remedy(
        TcpAddress("169.254.169.254", 80), OSError(errno.EACCES, "Permission denied"), "imds"
    )
    assert status == 77
    for way in ("CAP_NET_BIND_SERVICE", "net.ipv4.ip_unprivileged_port_start=80", "above 1023"):
        assert way in remedy


@pytest.mark.parametrize(
    ("who", "name"), [("probes", "probes"), ("sts", "sts"), ("imds of web-1", "imds")]
)
def test_a_service_that_may_open_no_sockets_is_told_which_unit_could(who: str, name: str) -> None:
    refused = OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
    remedy, status = _tcp_remedy(TcpAddress("127.0.0.1", 9102), refused, who)
    assert status == 69
    assert f"(ListenStream=127.0.0.1:9102, FileDescriptorName={name})" in remedy
    assert "install-systemd --capability" in remedy


def test_ipv6_alone_can_be_off() -> None:
    refused = OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
    assert "IPv6 is off" in _tcp_remedy(TcpAddress("::1", 9102), refused, "probes")[0]


@pytest.mark.parametrize(
    ("number", "status"),
    [(errno.EACCES, 77), (errno.EROFS, 77), (errno.ENOENT, 69), (errno.EMFILE, 69)],
)
def test_a_folder_that_is_not_permitted_is_told_from_one_that_is_missing(
    number: int, status: int
) -> None:
    assert _unix_remedy(UnixAddress("/run/x.sock"), OSError(number, "x"))[1] == status


@pytest.mark.parametrize("mode", [0o600, 0o660, 0o666])
def test_a_unix_socket_has_the_mode_that_was_asked_for(folder: Path, mode: int) -> None:
    path = folder / "a.sock"
    with bind_unix(str(path), mode) as listening:
        assert stat.S_IMODE(path.stat().st_mode) == mode
        assert bound_address(listening) == UnixAddress(str(path))


def test_a_live_unix_socket_is_never_replaced(folder: Path) -> None:
    path = str(folder / "a.sock")
    with bind_unix(path) as listening:
        with pytest.raises(CannotBind, match="another process listens there") as raised:
            bind_unix(path)
        assert raised.value.exit_status == 69
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            listening.accept()[0].close()


def test_a_unix_socket_whose_backlog_is_full_is_alive(folder: Path) -> None:
    path = str(folder / "a.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(0)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            with pytest.raises(CannotBind):
                bind_unix(path)


def test_a_dead_unix_socket_is_replaced(folder: Path) -> None:
    path = str(folder / "a.sock")
    bind_unix(path).close()
    assert os.path.exists(path)
    bind_unix(path).close()


def test_a_file_of_another_kind_is_never_replaced(folder: Path) -> None:
    path = folder / "a.sock"
    path.write_text("precious")
    with pytest.raises(CannotBind, match="not a socket"):
        bind_unix(str(path))
    assert path.read_text() == "precious"


def test_the_folder_of_a_unix_socket_must_exist(folder: Path) -> None:
    with pytest.raises(CannotBind, match=f"create the folder {folder}/run first") as raised:
        bind_unix(f"{folder}/run/a.sock")
    assert raised.value.exit_status == 69


def test_a_path_too_long_for_a_socket_is_said_with_the_limit(folder: Path) -> None:
    longest = f"{folder}/{'a' * (UNIX_PATH_BYTES - len(str(folder)) - 1)}"
    bind_unix(longest).close()
    with pytest.raises(CannotBind) as raised:
        bind_unix(f"{longest}a")
    assert str(raised.value) == (
        f"admin cannot listen on unix:{longest}a: the path of a unix socket has at most "
        f"{UNIX_PATH_BYTES} bytes, this one {UNIX_PATH_BYTES + 1}; set listen.admin to a shorter "
        "unix:PATH"
    )
    assert raised.value.exit_status == 69


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EADDRINUSE, "x"), "address already in use"),
        (OSError("AF_UNIX path too long"), "AF_UNIX path too long"),
    ],
)
def test_the_systems_words_begin_small_unless_they_are_a_name(error: OSError, words: str) -> None:
    assert _words(error) == words
