"""The addresses of `probes`: is it alive, is it ready, its metrics. They ask for no token."""

import json
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager

from aiohttp import web

from imds_sim.admin.api import AdminApi, failure
from imds_sim.kernel.address import Address, BoundAddress
from imds_sim.server.admin_socket import NOTHING
from imds_sim.server.backend import Backend
from imds_sim.server.binding import bind, bound_address
from imds_sim.server.control_server import ControlServer
from imds_sim.server.scrape import PATH as SCRAPED
from imds_sim.server.scrape import is_scrape, scraped

PATHS = ("/healthz", "/readyz")
NOT_FOUND = failure(404, "NotFound", f"here are only {', '.join(PATHS)} and {SCRAPED}")


@asynccontextmanager
async def probing(
    backend: Backend,
    addresses: Iterable[Address],
    inherited: Mapping[Address, socket.socket] = NOTHING,
) -> AsyncIterator[tuple[BoundAddress, ...]]:
    """Answer probes at `addresses` inside the block; gives where that is. Raises CannotBind.

    `inherited` are sockets that listen already, by address.
    """
    api = AdminApi(backend)

    async def answer(request: web.BaseRequest) -> web.Response:
        if is_scrape(request):
            return scraped(backend, request)
        known = request.path in PATHS
        reply = api.handle(request.method, request.path, {}) if known else NOT_FOUND
        headers = {"Allow": ", ".join(reply.allow)} if reply.allow else {}
        text = json.dumps(reply.document, indent=1) + "\n"
        return web.Response(
            status=reply.status, text=text, content_type="application/json", headers=headers
        )

    server = ControlServer(answer)
    with ExitStack() as closing:
        sockets: list[socket.socket] = []
        for address in addresses:
            given = inherited.get(address)
            sockets.append(bind(address, "probes") if given is None else given.dup())
            closing.callback(sockets[-1].close)
        try:
            await server.start(sockets)
            yield tuple(map(bound_address, sockets))
        finally:
            await server.stop()
