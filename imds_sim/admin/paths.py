"""Where the admin socket is: one rule, by which the daemon places it and clients find it."""

import os
import stat
from collections.abc import Mapping

from imds_sim.kernel.errors import SimError

SOCKET_NAME = "admin.sock"
SYSTEM_FOLDER = "/run/imds-sim"
SHARED_PREFIX = "/tmp/imds-sim-"  # before the uid


class FolderNotPrivate(SimError):
    """The folder for the socket could have been made, or can be changed, by another user."""

    exit_status = 77


def default_folder(environ: Mapping[str, str], uid: int) -> str:
    """The folder of a new daemon's socket: $RUNTIME_DIRECTORY, /run/imds-sim for root,
    $XDG_RUNTIME_DIR/imds-sim, else /tmp/imds-sim-UID."""
    if given := _runtime_directory(environ):
        return given
    if uid == 0:
        return SYSTEM_FOLDER
    return own_folder(environ, uid)


def own_folder(environ: Mapping[str, str], uid: int) -> str:
    """The folder of a user's files that outlive a command: $XDG_RUNTIME_DIR/imds-sim, else
    /tmp/imds-sim-UID."""
    return _session_folder(environ) or _shared_folder(uid)


def default_socket(environ: Mapping[str, str], uid: int) -> str:
    """The path of a new daemon's socket."""
    return f"{default_folder(environ, uid)}/{SOCKET_NAME}"


def candidates(environ: Mapping[str, str], uid: int) -> tuple[str, ...]:
    """Where a running daemon's socket may be, in the order to look."""
    folders = (
        _runtime_directory(environ),
        _session_folder(environ),
        SYSTEM_FOLDER,
        _shared_folder(uid),
    )
    found = dict.fromkeys(folder for folder in folders if folder is not None)
    return tuple(f"{folder}/{SOCKET_NAME}" for folder in found)


def check_private(folder: str, uid: int) -> None:
    """Raise FolderNotPrivate unless `folder` is a directory of `uid` that only `uid` can change.

    Everybody may write to /tmp: whoever comes first could lay out a socket of their own there.
    Raises OSError if there is no such folder.
    """
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise FolderNotPrivate(f"{folder} is not a directory; remove it")
    if found.st_uid != uid or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise FolderNotPrivate(
            f"{folder} belongs to uid {found.st_uid} with mode {stat.S_IMODE(found.st_mode):04o}, "
            f"not to uid {uid} with 0700; have it removed, or set IMDS_SIM_ADMIN"
        )


def make_private(folder: str, uid: int) -> None:
    """Make `folder` with mode 0700 if it is not there. Raises FolderNotPrivate, OSError."""
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        check_private(folder, uid)


def is_shared_place(folder: str) -> bool:
    """Whether `folder` lies where every user can make folders."""
    return folder.startswith(SHARED_PREFIX)


def _runtime_directory(environ: Mapping[str, str]) -> str | None:
    # A unit with several RuntimeDirectory= has them all, with colons between (systemd.exec(5)).
    return environ.get("RUNTIME_DIRECTORY", "").partition(":")[0] or None


def _session_folder(environ: Mapping[str, str]) -> str | None:
    session = environ.get("XDG_RUNTIME_DIR")
    return f"{session}/imds-sim" if session else None


def _shared_folder(uid: int) -> str:
    return f"{SHARED_PREFIX}{uid}"
