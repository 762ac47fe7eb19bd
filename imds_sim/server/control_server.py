"""aiohttp for the control plane, with the limits that the surfaces have too."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from imds_sim.server.descriptors import control_limit, raise_descriptor_limit

log = logging.getLogger(__name__)

HEAD_SECONDS = 10.0  # for a head to arrive, the first as every later one
LINGER_SECONDS = 2.0  # for the rest of a body that was refused
STOP_SECONDS = 1.0  # for open requests at the end
TOLD_EVERY = 60.0  # seconds between two lines about connections that had to go

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class LimitedServer(web.Server):
    """Holds `limit` connections; one more ends the one that has been without a request longest.

    So nobody who only connects takes the descriptors of the surfaces, or keeps others away.
    """

    def __init__(self, answer: Answer, limit: int, head_seconds: float = HEAD_SECONDS) -> None:
        super().__init__(
            self._at_work,
            access_log=None,
            keepalive_timeout=head_seconds,
            lingering_time=LINGER_SECONDS,
        )
        self._answer = answer
        self._limit = limit
        self._idle: dict[web.RequestHandler, None] = {}  # the longest first
        self._busy: set[web.RequestHandler] = set()
        self._told_at: float | None = None

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._idle[handler] = None
        if len(self._idle) + len(self._busy) > self._limit:
            longest = next(iter(self._idle))
            del self._idle[longest]
            longest.force_close()
            self._tell()

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        self._idle.pop(handler, None)
        self._busy.discard(handler)
        super().connection_lost(handler, exc)

    async def _at_work(self, request: web.BaseRequest) -> web.StreamResponse:
        handler = request.protocol
        self._idle.pop(handler, None)
        self._busy.add(handler)
        try:
            return await self._answer(request)
        finally:
            self._busy.discard(handler)
            if handler.connected:
                self._idle[handler] = None

    def _tell(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._told_at is None or now - self._told_at >= TOLD_EVERY:
            self._told_at = now
            log.warning("control.connections_closed", extra={"limit": self._limit})


class ControlServer:
    """Gives what `answer` makes of requests on sockets that are bound already."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._runner: web.ServerRunner | None = None

    async def start(self, sockets: Iterable[socket.socket]) -> None:
        """Begin to serve."""
        server = LimitedServer(self._answer, control_limit(raise_descriptor_limit()))
        # aiohttp waits that long for the answers, and again for what is left of their requests.
        self._runner = web.ServerRunner(server, shutdown_timeout=STOP_SECONDS / 2)
        await self._runner.setup()
        for each in sockets:
            await web.SockSite(self._runner, each, backlog=128).start()

    async def stop(self) -> None:
        """End; open requests get a moment to finish."""
        if self._runner is not None:
            await self._runner.cleanup()
