"""The admin surface on its sockets: aiohttp around the plain handlers of `admin.api`."""

import asyncio
import json
import logging
import os
import pwd
import socket
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Literal

from aiohttp import web

from imds_sim.admin.admission import Admission
from imds_sim.admin.api import RELOAD, AdminApi, AdminReply, failure
from imds_sim.admin.backend import ReloadOutcome
from imds_sim.kernel.address import Address, BoundAddress, TcpAddress, UnixAddress
from imds_sim.kernel.secret import Secret
from imds_sim.server.admin_socket import NOTHING, bound
from imds_sim.server.backend import Backend
from imds_sim.server.binding import bound_address
from imds_sim.server.control_server import ControlServer
from imds_sim.server.scrape import is_scrape, scraped

log = logging.getLogger(__name__)

BODY_LIMIT = 1024 * 1024  # as aiohttp's BaseRequest has it
BODY_SECONDS = 30.0  # for a whole body to arrive, as on the surfaces
NOT_PERMITTED = failure(403, "NotPermitted", "only root, the daemon's user and its group may ask")
UID_MAP = "/proc/self/uid_map"
ALL_IDS = 2**32 - 1  # of a namespace that maps every user
NOBODY = 65534  # the default of /proc/sys/kernel/overflowuid
_PEER_CREDENTIALS = struct.Struct("iII")  # pid, uid, gid: struct ucred of unix(7)


class Control:
    """The admin API over HTTP; only for those who may ask."""

    def __init__(
        self,
        backend: Backend,
        reload: Callable[[], Awaitable[ReloadOutcome]],
        token: Secret | None = None,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._body_seconds = body_seconds
        self._backend = backend
        self._api = AdminApi(backend)
        self._admission = Admission(token)
        self._reload = reload

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer one request, if its sender may ask."""
        refusal = self._refusal(request)
        if refusal is None and is_scrape(request):
            return scraped(self._backend, request)
        reply = refusal or await self._reply(request)
        headers = {"Allow": ", ".join(reply.allow)} if reply.allow else {}
        if reply.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        text = json.dumps(reply.document, indent=1) + "\n"
        return web.Response(
            status=reply.status, text=text, content_type="application/json", headers=headers
        )

    async def _reply(self, request: web.BaseRequest) -> AdminReply:
        if (request.method, request.path) == RELOAD:
            return self._api.reloaded(await self._reload())
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await request.read()
        except TimeoutError:
            return failure(408, "BodyTooSlow", f"the body took over {self._body_seconds:g} s")
        except web.HTTPRequestEntityTooLarge:
            return failure(413, "BodyTooLarge", f"the body has more than {BODY_LIMIT} bytes")
        return self._api.handle(request.method, request.path, dict(request.query), body)

    def _refusal(self, request: web.BaseRequest) -> AdminReply | None:
        connection = request.transport.get_extra_info("socket") if request.transport else None
        refusal: AdminReply | None
        if connection is None:
            refusal = NOT_PERMITTED
        else:
            over = bound_address(connection)
            heads = {name.lower(): value for name, value in request.headers.items()}
            refusal = self._admission.refusal(heads, over if isinstance(over, TcpAddress) else None)
            if refusal is None and isinstance(over, UnixAddress) and not is_permitted(connection):
                refusal = NOT_PERMITTED
        if refusal is not None:
            log.warning("admin.refused", extra={"method": request.method, "path": request.path})
        return refusal


@asynccontextmanager
async def serving(
    backend: Backend,
    reload: Callable[[], Awaitable[ReloadOutcome]],
    addresses: Iterable[Address | Literal["auto"]],
    environ: Mapping[str, str],
    uid: int,
    *,
    inherited: Mapping[Address, socket.socket] = NOTHING,
    token: Secret | None = None,
) -> AsyncIterator[tuple[BoundAddress, ...]]:
    """Serve the admin API at `addresses` inside the block; gives where that is.

    Raises what `admin_socket.bound` raises.
    """
    with bound(addresses, environ, uid, inherited) as sockets:
        server = ControlServer(Control(backend, reload, token).answer)
        try:
            await server.start(sockets.values())
            yield tuple(sockets)
        finally:
            await server.stop()


def is_permitted(connection: socket.socket) -> bool:
    """Whether the peer of a unix connection may ask.

    Elsewhere than on Linux the mode of the socket and its folder alone decide.
    """
    if not sys.platform.startswith("linux"):
        return True
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER_CREDENTIALS.size)
    _, uid, gid = _PEER_CREDENTIALS.unpack(packed)
    return is_hidden(uid, _read(UID_MAP)) or may_ask(uid, gid, connection.getsockname())


def is_hidden(uid: int, uid_map: str) -> bool:
    """Whether the kernel shows this user namespace nobody in the place of who it is.

    So it is under PrivateUsers=yes for all but root and the daemon's user. Then the mode of the
    socket and its folder, which the kernel checks by the true ids, decide alone.
    """
    spans = [int(line.split()[2]) for line in uid_map.splitlines()]
    return uid == NOBODY and bool(spans) and sum(spans) < ALL_IDS


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def may_ask(uid: int, gid: int, path: str) -> bool:
    """Whether a process of `uid` and `gid` may use the socket at `path`.

    Root, this user, and the members of the socket's group.
    """
    if uid in (0, os.geteuid()):
        return True
    try:
        group = os.stat(path).st_gid
        return group in (gid, *os.getgrouplist(pwd.getpwuid(uid).pw_name, gid))
    except (OSError, KeyError):
        return False
