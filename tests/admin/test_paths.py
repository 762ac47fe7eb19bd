import os
from pathlib import Path

import pytest

from imds_sim.admin.paths import (
    FolderNotPrivate,
    candidates,
    check_private,
    default_socket,
    make_private,
)

SYSTEMD = {"RUNTIME_DIRECTORY": "/run/imds-sim:/run/other"}
SESSION = {"XDG_RUNTIME_DIR": "/run/user/7"}


@pytest.mark.parametrize(
    ("environ", "uid", "path"),
    [
        pytest.param(SYSTEMD | SESSION, 7, "/run/imds-sim/admin.sock", id="in a unit"),
        pytest.param(SESSION, 0, "/run/imds-sim/admin.sock", id="root"),
        pytest.param(SESSION, 7, "/run/user/7/imds-sim/admin.sock", id="in a login session"),
        pytest.param({}, 7, "/tmp/imds-sim-7/admin.sock", id="without either"),
        pytest.param({"RUNTIME_DIRECTORY": ""}, 7, "/tmp/imds-sim-7/admin.sock", id="empty"),
    ],
)
def test_a_daemon_puts_its_socket_where_its_user_may(
    environ: dict[str, str], uid: int, path: str
) -> None:
    assert default_socket(environ, uid) == path


def test_a_client_looks_in_the_documented_order() -> None:
    unit = {"RUNTIME_DIRECTORY": "/run/a"}
    assert candidates(unit | SESSION, 7) == (
        "/run/a/admin.sock",
        "/run/user/7/imds-sim/admin.sock",
        "/run/imds-sim/admin.sock",
        "/tmp/imds-sim-7/admin.sock",
    )
    assert candidates({}, 7) == ("/run/imds-sim/admin.sock", "/tmp/imds-sim-7/admin.sock")


@pytest.mark.parametrize("environ", [{}, SYSTEMD, SESSION])
@pytest.mark.parametrize("uid", [0, 7])
def test_a_client_finds_what_a_daemon_of_the_same_user_placed(
    environ: dict[str, str], uid: int
) -> None:
    assert default_socket(environ, uid) in candidates(environ, uid)


def test_a_private_folder_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "imds-sim"
    make_private(str(folder), os.geteuid())
    make_private(str(folder), os.geteuid())
    assert folder.stat().st_mode & 0o7777 == 0o700


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_can_change_is_not_private(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(FolderNotPrivate, match=f"{mode:04o}"):
        make_private(str(tmp_path), os.geteuid())


def test_a_folder_of_another_user_is_not_private(tmp_path: Path) -> None:
    with pytest.raises(FolderNotPrivate, match="belongs to uid"):
        check_private(str(tmp_path), os.geteuid() + 1)


def test_a_link_is_not_a_private_folder(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(FolderNotPrivate, match="not a directory"):
        check_private(str(link), os.geteuid())
