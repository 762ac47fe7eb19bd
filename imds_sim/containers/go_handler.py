"""What every handler of a Go server answers beside the requests that it understands."""

from http import HTTPStatus

from imds_sim.containers.go_http import UNKNOWN, GoServer
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Notes, Request, Response, Unreadable
from imds_sim.kernel.refusal import Refusal


class GoHandler:
    """Its errors are those of http.Error; a server whose errors are documents says so itself."""

    def __init__(self, dates: HttpDates) -> None:
        self._server = GoServer(dates)

    def refuse(self, unreadable: Unreadable) -> Response:
        """Answer bytes that are no request, and close."""
        return self._server.refuse(unreadable)

    def failed(self) -> Response:
        """Answer a request that met a bug of ours, and close."""
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return self._server.error(UNKNOWN, status, status.phrase)

    def faulted(self, request: Request, connection: Connection, refusal: Refusal) -> Response:
        """Refuse as a fault wants it, in plain text."""
        text, notes = refusal.text or refusal.status.phrase, Notes(detail="a fault")
        return self._server.error(request, refusal.status, text, notes=notes)
