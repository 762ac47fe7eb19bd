"""The listeners of the daemon: bound all or none, kept over a reload without a gap."""

import asyncio
import contextlib
import os
import socket
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from imds_sim.kernel.address import Address, BoundAddress, TcpAddress, UnixAddress
from imds_sim.server.binding import BACKLOG, UNIX_MODE, bind, bound_address
from imds_sim.server.connections import Connections
from imds_sim.server.site import Endpoint, Site
from imds_sim.server.wire import WireProtocol
from imds_sim.workloads.listener import Listener

NOTHING: Mapping[Address, socket.socket] = MappingProxyType({})


@dataclass(slots=True, eq=False)
class _Open:
    """A socket that accepts. `inode` tells a unix socket of ours from one put there since."""

    site: Site
    socket: socket.socket
    address: BoundAddress
    inode: int | None  # None where the file is not ours to remove
    server: asyncio.Server | None = None


class Listeners:
    """Every listener there is; what they accept goes into `connections`.

    `inherited` are sockets that listen already, by address; they are served by a copy, so that they
    outlive the listener.
    """

    def __init__(
        self,
        endpoint_of: Callable[[Listener], Endpoint],
        connections: Connections,
        unix_mode: int = UNIX_MODE,
        inherited: Mapping[Address, socket.socket] = NOTHING,
    ) -> None:
        self._endpoint_of = endpoint_of
        self._connections = connections
        self._unix_mode = unix_mode
        self._inherited = inherited
        self._open: list[_Open] = []

    async def reconcile(self, wanted: Iterable[Listener]) -> None:
        """Make `wanted` the listeners. Raises CannotBind; then everything is as it was.

        A socket whose address stays is kept as it is, open connections included; should its surface
        or instance change, the next request on it has the new label. The connections of a dropped
        listener finish what they are at.
        """
        standing = defaultdict(list)
        for opened in self._open:
            standing[_identity(opened.site.listener)].append(opened)
        kept: list[tuple[_Open, Listener]] = []
        new: list[_Open] = []
        following: list[_Open] = []
        try:
            for listener in wanted:
                same = standing[_identity(listener)]
                if same:
                    opened = same.pop(0)
                    kept.append((opened, listener))
                else:
                    opened = self._bind(listener)
                    new.append(opened)
                following.append(opened)
            for opened in new:
                await self._serve(opened)
        except BaseException:
            for opened in new:
                _close(opened)
            raise
        for opened, listener in kept:
            opened.site.listener = listener
            opened.site.endpoint = self._endpoint_of(listener)
        self._open = following
        for dropped in [opened for rest in standing.values() for opened in rest]:
            _close(dropped)
            self._connections.retire(dropped.site)

    def bound(self) -> list[tuple[Listener, BoundAddress]]:
        """Every listener and where it really is, in the order they were asked for."""
        return [(opened.site.listener, opened.address) for opened in self._open]

    def close(self) -> None:
        """Accept no more. Open connections live on; see Connections.drain."""
        for opened in self._open:
            _close(opened)
        self._open = []

    def _bind(self, listener: Listener) -> _Open:
        if (given := self._inherited.get(listener.address)) is not None:
            return _Open(self._site(listener), given.dup(), bound_address(given), inode=None)
        listening = bind(listener.address, _name(listener), self._unix_mode)
        address = bound_address(listening)
        inode = os.stat(address.path).st_ino if isinstance(address, UnixAddress) else None
        return _Open(self._site(listener), listening, address, inode)

    def _site(self, listener: Listener) -> Site:
        return Site(listener, self._endpoint_of(listener))

    async def _serve(self, opened: _Open) -> None:
        loop = asyncio.get_running_loop()
        site, connections = opened.site, self._connections
        create = (
            loop.create_server
            if isinstance(opened.address, TcpAddress)
            else loop.create_unix_server
        )
        opened.server = await create(
            lambda: WireProtocol(site, connections), sock=opened.socket, backlog=BACKLOG
        )


def _identity(listener: Listener) -> Address | Listener:
    """What makes two listeners the same socket; with port 0 each is one of its own."""
    address = listener.address
    return listener if isinstance(address, TcpAddress) and address.port == 0 else address


def _name(listener: Listener) -> str:
    surface = listener.surface.value
    return surface if listener.instance is None else f"{surface} of {listener.instance}"


def _close(opened: _Open) -> None:
    if opened.server is not None:
        opened.server.close()
    else:
        opened.socket.close()
    if isinstance(opened.address, UnixAddress):
        with contextlib.suppress(FileNotFoundError):
            if os.stat(opened.address.path).st_ino == opened.inode:
                os.unlink(opened.address.path)
