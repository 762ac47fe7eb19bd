"""Where the admin sockets are put, and for whom they are open."""

import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import Literal

from imds_sim.admin.paths import SOCKET_NAME, default_folder, make_private
from imds_sim.kernel.address import Address, BoundAddress, UnixAddress
from imds_sim.kernel.errors import SimError
from imds_sim.server.binding import bind, bound_address

NOTHING: Mapping[Address, socket.socket] = MappingProxyType({})


class AdminFolderUnusable(SimError):
    """The folder of the admin socket cannot be made."""

    exit_status = 77


@contextmanager
def bound(
    addresses: Iterable[Address | Literal["auto"]],
    environ: Mapping[str, str],
    uid: int,
    inherited: Mapping[Address, socket.socket] = NOTHING,
) -> Iterator[dict[BoundAddress, socket.socket]]:
    """Bind the admin sockets for the user `uid`; at the end they are closed and removed.

    Under a service manager, which owns the folder, the socket's group may use it too. `inherited`
    are sockets that listen already, by address; a copy of them is given, and no file removed.
    Raises CannotBind, FolderNotPrivate, AdminFolderUnusable.
    """
    managed = "RUNTIME_DIRECTORY" in environ
    with ExitStack() as closing:
        sockets: dict[BoundAddress, socket.socket] = {}
        for address in addresses:
            place = _automatic(environ, uid, managed) if address == "auto" else address
            if (given := inherited.get(place)) is not None:
                listening = given.dup()
            else:
                listening = bind(place, "admin", 0o660 if managed else 0o600)
                if isinstance(place, UnixAddress):
                    closing.callback(_remove, place.path, os.stat(place.path).st_ino)
            closing.callback(listening.close)
            sockets[bound_address(listening)] = listening
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
