"""`GET /metrics` over HTTP; what it needs is loaded when it is first asked for."""

from aiohttp import web

from imds_sim.server.backend import Backend

PATH = "/metrics"


def is_scrape(request: web.BaseRequest) -> bool:
    """Whether a request wants the metrics."""
    return request.method in ("GET", "HEAD") and request.path == PATH


def scraped(backend: Backend, request: web.BaseRequest) -> web.Response:
    """The metrics, in the format that the client accepts."""
    from imds_sim.server.metrics import exposition

    body, content_type = exposition(backend, request.headers.get("Accept", ""))
    return web.Response(body=body, headers={"Content-Type": content_type})
