"""The addresses of `probes`: is it alive, is it ready, its metrics. They ask for no token."""

import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager

from aiohttp import web

from imds_sim.admin.api import AdminApi, failure
from imds_sim.kernel.address import Address
from imds_sim.server.backend import Backend
from imds_sim.server.binding import bind
from imds_sim.server.control_server import ControlServer
from imds_sim.server.scrape import PATH as SCRAPED
from imds_sim.server.scrape import is_scrape, scraped

PATHS = ("/healthz", "/readyz")
NOT_FOUND = failure(404, "NotFound", f"here are only {', '.join(PATHS)} and {SCRAPED}")


@asynccontextmanager
async def probing(backend: Backend, addresses: Iterable[Address]) -> AsyncIterator[None]:
    """Answer probes at `addresses` inside the block. Raises CannotBind."""
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
            sockets.append(bind(address, "probes"))
            closing.callback(sockets[-1].close)
        try:
            await server.start(sockets)
            yield
        finally:
            await server.stop()
