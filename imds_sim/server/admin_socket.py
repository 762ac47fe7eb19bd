"""Where the admin socket is put, and for whom it is open."""

import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Literal

from imds_sim.admin.paths import SOCKET_NAME, default_folder, make_private
from imds_sim.kernel.address import UnixAddress
from imds_sim.kernel.errors import SimError
from imds_sim.server.binding import bind_unix


class AdminFolderUnusable(SimError):
    """The folder of the admin socket cannot be made."""

    exit_status = 77


@contextmanager
def bound(
    addresses: Iterable[UnixAddress | Literal["auto"]], environ: Mapping[str, str], uid: int
) -> Iterator[dict[UnixAddress, socket.socket]]:
    """Bind the admin sockets for the user `uid`; at the end they are closed and removed.

    Under a service manager, which owns the folder, the socket's group may use it too.
    Raises CannotBind, FolderNotPrivate, AdminFolderUnusable.
    """
    managed = "RUNTIME_DIRECTORY" in environ
    with ExitStack() as closing:
        sockets: dict[UnixAddress, socket.socket] = {}
        for address in addresses:
            place = _automatic(environ, uid, managed) if address == "auto" else address
            listening = bind_unix(place.path, mode=0o660 if managed else 0o600)
            closing.callback(_remove, place.path, os.stat(place.path).st_ino)
            closing.callback(listening.close)
            sockets[place] = listening
        yield sockets


def _automatic(environ: Mapping[str, str], uid: int, managed: bool) -> UnixAddress:
    folder = default_folder(environ, uid)
    if not managed:
        try:
            make_private(folder, uid)
        except OSError as error:
            raise AdminFolderUnusable(
                f"{folder}: {error.strerror}; set listen.admin to a unix:PATH of your own"
            ) from error
    return UnixAddress(f"{folder}/{SOCKET_NAME}")


def _remove(path: str, inode: int) -> None:
    """Remove the socket's file, unless another daemon has put its own there."""
    try:
        if os.stat(path).st_ino == inode:
            os.unlink(path)
    except FileNotFoundError:
        pass
