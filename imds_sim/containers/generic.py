"""Full-URI endpoints: each path answers for its role, in the dialect of its configuration."""

from http import HTTPStatus

from imds_sim.containers import aws_vault, cloudshell, go_url, greengrass, plain
from imds_sim.containers.aws_vault import AssumeFor
from imds_sim.containers.cloudshell import ShellTokens
from imds_sim.containers.go_handler import GoHandler
from imds_sim.containers.go_http import refused
from imds_sim.containers.go_json import marshal
from imds_sim.credentials.provider import CredentialProvider, Delivery
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Notes, Request, Response
from imds_sim.kernel.refusal import Refusal
from imds_sim.workloads.endpoint import Dialect, Endpoint


class GenericHandler(GoHandler):
    """Answers for every endpoint; a path of none is the 404 of a Go server."""

    def __init__(
        self, provider: CredentialProvider, clock: Clock, tokens: ShellTokens, assume_for: AssumeFor
    ) -> None:
        super().__init__(HttpDates(clock))
        self._provider = provider
        self._tokens = tokens
        self._assume_for = assume_for

    def handle(
        self, request: Request, endpoint: Endpoint | None, connection: Connection
    ) -> Response:
        """Answer as the server behind `endpoint`; None where the path is of none."""
        url = go_url.parse(request.method, request.target)
        if url is None:
            return refused(HTTPStatus.BAD_REQUEST)
        if endpoint is not None and endpoint.dialect is Dialect.GREENGRASS:
            held = self._provider.current(endpoint.name, Delivery.CONTAINER)
            return greengrass.answer(self._server.dates, request, url, endpoint, held)
        reply = self._server.before_any_handler(request)
        if reply is not None:
            return reply
        if endpoint is None:
            return self._server.not_found(request)
        held = self._provider.current(endpoint.name, Delivery.CONTAINER)
        match endpoint.dialect:
            case Dialect.AWS_VAULT:
                assume = self._assume_for(endpoint)
                return aws_vault.answer(self._server, request, url, endpoint, held, assume)
            case Dialect.CLOUDSHELL:
                return cloudshell.answer(self._server, request, url, endpoint, held, self._tokens)
            case _:
                return plain.answer(self._server, request, endpoint, held)

    def faulted(self, request: Request, connection: Connection, refusal: Refusal) -> Response:
        """Refuse as a fault wants it, as SDKs read errors."""
        status, notes = refusal.status, Notes(detail="a fault")
        code = refusal.code or status.phrase.replace(" ", "")
        body = marshal({"code": code, "message": refusal.text or status.phrase})
        return self._server.reply(request, status, (plain.JSON,), body, notes=notes)
