"""The probes and metrics of the EKS Pod Identity agent (ports 2703 and 2705).

Source: eks-pod-identity-agent, pkg/server/server.go and pkg/handlers/probe_handler.go: the agent is
healthy as long as `/` at its own addresses is 404, which here it always is.
"""

from collections.abc import Mapping
from http import HTTPStatus

from imds_sim.containers.go_handler import GoHandler
from imds_sim.containers.go_mux import ServeMux
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Request, Response

PROBES = frozenset({"/healthz", "/readyz"})
METRICS = "/metrics"
EXPOSITION = ("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
_RESPONSES = "pod_identity_http_response"


class EksProbeHandler(GoHandler):
    """Answers probes with nothing, and how often the agent gave which status."""

    def __init__(self, answered: Mapping[int, int], clock: Clock) -> None:
        super().__init__(HttpDates(clock))
        self._answered = answered
        self._mux = ServeMux(self._server, PROBES | {METRICS})

    def handle(self, request: Request, connection: Connection) -> Response:
        """Answer as the agent's probe and metrics servers do."""
        url = self._mux.route(request)
        if isinstance(url, Response):
            return url
        if url.path != METRICS:
            return self._server.reply(request, HTTPStatus.OK, ())
        return self._server.reply(request, HTTPStatus.OK, (EXPOSITION,), self._exposition())

    def _exposition(self) -> bytes:
        """The text format of Prometheus, 0.0.4."""
        lines = [f'{_RESPONSES}{{code="{each}"}} {n}' for each, n in sorted(self._answered.items())]
        if lines:
            help_line = f"# HELP {_RESPONSES} Pod Identity http response code"
            lines = [help_line, f"# TYPE {_RESPONSES} counter", *lines]
        return "".join(f"{line}\n" for line in lines).encode()
