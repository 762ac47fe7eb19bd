import socket
import stat
from pathlib import Path

import pytest

from imds_sim.admin.paths import FolderNotPrivate
from imds_sim.kernel.address import UnixAddress
from imds_sim.server.admin_socket import bound
from imds_sim.server.binding import CannotBind

ORDINARY_USER = 1000


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_daemon_of_ones_own_is_open_to_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    with bound([UnixAddress(str(path))], {}, ORDINARY_USER) as sockets:
        assert list(sockets) == [UnixAddress(str(path))]
        assert mode(path) == 0o600
    assert not path.exists()


def test_under_a_service_manager_the_group_may_ask_too(tmp_path: Path) -> None:
    with bound(["auto"], {"RUNTIME_DIRECTORY": str(tmp_path)}, ORDINARY_USER):
        assert mode(tmp_path / "admin.sock") == 0o660


def test_a_session_has_a_private_folder_of_its_own(tmp_path: Path) -> None:
    with bound(["auto"], {"XDG_RUNTIME_DIR": str(tmp_path)}, ORDINARY_USER):
        assert mode(tmp_path / "imds-sim") == 0o700
        assert mode(tmp_path / "imds-sim" / "admin.sock") == 0o600


def test_a_folder_that_others_can_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "imds-sim"
    folder.mkdir()
    folder.chmod(0o777)
    variables = {"XDG_RUNTIME_DIR": str(tmp_path)}
    with pytest.raises(FolderNotPrivate), bound(["auto"], variables, ORDINARY_USER):
        pass


def test_a_live_socket_is_never_replaced_and_a_dead_one_is(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    place = [UnixAddress(str(path))]
    with (
        bound(place, {}, ORDINARY_USER),
        pytest.raises(CannotBind, match="another process listens"),
        bound(place, {}, ORDINARY_USER),
    ):
        pass
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with bound(place, {}, ORDINARY_USER) as sockets:
        assert len(sockets) == 1


def test_all_or_nothing_is_bound(tmp_path: Path) -> None:
    first, second = tmp_path / "a.sock", tmp_path / "missing" / "b.sock"
    places = [UnixAddress(str(first)), UnixAddress(str(second))]
    with pytest.raises(CannotBind, match="missing"), bound(places, {}, ORDINARY_USER):
        pass
    assert not first.exists()
