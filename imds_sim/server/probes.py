"""The addresses of `probes`: is it alive, is it ready, its metrics. They ask for no token."""

import json
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import ExitStack, asynccontextmanager

from aiohttp import web

from imds_sim.admin.api import AdminApi
from imds_sim.kernel.address import Address, BoundAddress
from imds_sim.server.admin_socket import NOTHING
from imds_sim.server.backend import Backend
from imds_sim.server.binding import bind, bound_address
from imds_sim.server.scrape import PATH, scraped

PATHS = ("/healthz", "/readyz")


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

    async def answer(request: web.Request) -> web.Response:
        reply = api.handle(request.method, request.path, {})
        text = json.dumps(reply.document, indent=1) + "\n"
        return web.Response(status=reply.status, text=text, content_type="application/json")

    async def scrape(request: web.Request) -> web.Response:
        return scraped(backend, request)

    application = web.Application()
    application.router.add_get(PATH, scrape)
    for path in PATHS:
        application.router.add_get(path, answer)
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    with ExitStack() as closing:
        sockets: list[socket.socket] = []
        for address in addresses:
            given = inherited.get(address)
            sockets.append(bind(address, "probes") if given is None else given.dup())
            closing.callback(sockets[-1].close)
        await runner.setup()
        try:
            for each in sockets:
                await web.SockSite(runner, each, backlog=128).start()
            yield tuple(map(bound_address, sockets))
        finally:
            await runner.cleanup()
