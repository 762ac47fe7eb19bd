"""What http.ServeMux answers by itself: paths that are not clean, or without a handler.

Source: Go 1.26, net/http/server.go (ServeMux.findHandler, Redirect), and its recorded answers.
"""

import html
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, unquote

from imds_sim.containers import go_url
from imds_sim.containers.go_http import Fields, GoServer, refused
from imds_sim.containers.go_url import GoUrl
from imds_sim.kernel.message import Request, Response

HTML = ("Content-Type", "text/html; charset=utf-8")


@dataclass(frozen=True, slots=True)
class ServeMux:
    """Knows the paths that have handlers; any method gets there."""

    server: GoServer
    paths: frozenset[str]

    def route(self, request: Request) -> GoUrl | Response:
        """The URL of a request that reaches a handler, or the reply to any other."""
        url = go_url.parse(request.method, request.target)
        if url is None:
            return refused(HTTPStatus.BAD_REQUEST)
        reply = self.server.before_any_handler(request)
        if reply is not None:
            return reply
        if request.target == "*":
            fields = (("Connection", "close"),)
            return self.server.reply(request, HTTPStatus.BAD_REQUEST, fields)._replace(close=True)
        escaped = url.escaped_path
        clean = go_url.cleaned(escaped)
        if clean != escaped and request.method != "CONNECT":
            return self._redirect(request, url, clean)
        # Segments are compared one by one: an escaped slash is none.
        segments = [unquote(segment) for segment in escaped.split("/")]
        if segments not in [path.split("/") for path in self.paths]:
            return self.server.not_found(request)
        return url

    def _redirect(self, request: Request, url: GoUrl, clean: str) -> Response:
        query = url.query if len(url.query) > 1 else ""
        location = quote(clean.encode("latin-1"), safe=go_url.LEFT_IN_PATHS) + query
        status = HTTPStatus.TEMPORARY_REDIRECT
        fields: Fields = (("Location", location),)
        body = b""
        if request.method in ("GET", "HEAD"):
            fields = (HTML, *fields)
        if request.method == "GET":
            body = f'<a href="{html.escape(location)}">{status.phrase}</a>.\n\n'.encode()
        return self.server.reply(request, status, fields, body)
