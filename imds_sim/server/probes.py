"""The addresses of `probes`: is it alive, is it ready, its metrics. They ask for no token."""

import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager

from aiohttp import web

from imds_sim.admin.api import AdminApi
from imds_sim.kernel.address import Address
from imds_sim.server.backend import Backend
from imds_sim.server.binding import bind
from imds_sim.server.scrape import PATH, scraped

PATHS = ("/healthz", "/readyz")


@asynccontextmanager
async def probing(backend: Backend, addresses: Iterable[Address]) -> AsyncIterator[None]:
    """Answer probes at `addresses` inside the block. Raises CannotBind."""
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
            sockets.append(bind(address, "probes"))
            closing.callback(sockets[-1].close)
        await runner.setup()
        try:
            for each in sockets:
                await web.SockSite(runner, each, backlog=128).start()
            yield
        finally:
            await runner.cleanup()
