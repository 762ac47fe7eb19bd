"""The HTTP face of STS as one call: a request in, the answer to the byte out.

Source: recorded answers, for the order of the checks; STS API Reference.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Notes, Request, Response, Unreadable
from imds_sim.kernel.refusal import Refusal
from imds_sim.kernel.target import origin_form
from imds_sim.sts.audit.auditor import Auditor
from imds_sim.sts.audit.event import Outcome as AuditedOutcome
from imds_sim.sts.audit.identity import Identity, of_signer
from imds_sim.sts.audit.received import Received, over_http, source_address
from imds_sim.sts.errors import ApiError, InternalFailure, InvalidAction, demanded
from imds_sim.sts.limits import API_VERSION
from imds_sim.sts.query_api import discovery
from imds_sim.sts.query_api.call import IncomingCall, Outcome, UnsignedCall
from imds_sim.sts.query_api.elements import DocumentForm
from imds_sim.sts.query_api.errors import STATUS, STATUS_OF_DEFECT
from imds_sim.sts.query_api.json_document import JSON, accepts_json
from imds_sim.sts.query_api.parameters import Parameters, check_escapes
from imds_sim.sts.query_api.replies import ReplyWriter, RequestIds
from imds_sim.sts.query_api.sigv4 import claimed_access_key_id, read_claim
from imds_sim.sts.query_api.table import OPERATIONS, UNSIGNED_OPERATIONS
from imds_sim.sts.query_api.xml import XML
from imds_sim.sts.service import Service

FORM_TYPE = "application/x-www-form-urlencoded"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
_KNOWN = OPERATIONS.keys() | UNSIGNED_OPERATIONS.keys()
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(slots=True)
class _Audited:
    """A call: once its caller is known it is recorded, however it ends."""

    auditor: Auditor
    action: str
    received: Received
    caller: Identity | None = None

    def known(self, caller: Identity) -> None:
        self.caller = caller

    def end(self, outcome: AuditedOutcome) -> None:
        if self.caller is not None:
            self.auditor.call(self.action, self.caller, self.received, outcome)


class StsQueryHandler:
    """Answers the query protocol for one world; remembers nothing of its clients."""

    def __init__(
        self, service: Service, clock: Clock, entropy: Entropy, region: str, strict_region: bool
    ) -> None:
        self._service = service
        self._clock = clock
        self._region = region if strict_region else None
        self._writer = ReplyWriter(clock, entropy, region, HttpDates(clock))

    def handle(self, request: Request, connection: Connection) -> Response:
        """Answer one request."""
        close = request.version == "1.0" or request.headers.lists("connection", "close")
        path, _, query = origin_form(request.target).partition("?")
        if not path.startswith("/") or _BAD_ESCAPE.search(path):
            return self._writer.empty(HTTPStatus.BAD_REQUEST, close=close)
        if request.method not in _METHODS:
            return self._writer.empty(HTTPStatus.BAD_REQUEST, close=close)
        if request.method == "OPTIONS" and "origin" in request.headers:
            return self._writer.preflight(request, close=close)
        if path != "/":
            return self._elsewhere(request, path, close=close)
        forms = [query.encode("latin-1", "replace").decode("utf-8", "replace")]
        if request.method == "POST":
            content_type = request.headers.get("content-type")
            if content_type is None:
                return self._writer.redirect(request, close=close)
            if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
                return self._writer.forbidden(close=close)
            forms.append(request.body.decode("utf-8", "replace"))
        elif request.method != "GET":
            return self._writer.redirect(request, close=close)
        parameters = Parameters.of(*forms)
        action = parameters.get("Action")
        if action is None:
            return self._writer.redirect(request, close=close)
        return self._operate(request, connection, action, parameters, forms, close)

    def refuse(self, unreadable: Unreadable) -> Response:
        """Answer bytes that are no request, and close."""
        notes = Notes(detail=unreadable.detail or unreadable.defect.value)
        return self._writer.empty(STATUS_OF_DEFECT[unreadable.defect], close=True, notes=notes)

    def failed(self) -> Response:
        """Answer a request that met a bug of ours, and close."""
        ids = self._writer.new_ids()
        return self._refusal(InternalFailure(), ids, None, XML, close=True)

    def _elsewhere(self, request: Request, path: str, *, close: bool) -> Response:
        """Off the API there is nothing but what built-in issuers publish."""
        found = None
        if path.startswith(discovery.PREFIX):
            issuers = self._service.issuers
            found = discovery.answer(issuers, self._writer, request, path, close=close)
        return found or self._writer.unknown_operation(close=close)

    def faulted(self, request: Request, connection: Connection, refusal: Refusal) -> Response:
        """Refuse as a fault wants it, with the code that it names."""
        close = request.version == "1.0" or request.headers.lists("connection", "close")
        form = JSON if accepts_json(request) else XML
        error = demanded(refusal.code, refusal.text)
        ids = self._writer.new_ids()
        return self._refusal(error, ids, claimed_access_key_id(request), form, close=close)

    def _operate(
        self,
        request: Request,
        connection: Connection,
        action: str,
        parameters: Parameters,
        forms: list[str],
        close: bool,
    ) -> Response:
        # Old clients are said to ask by a parameter; it is not recorded.
        wants_json = accepts_json(request) or parameters.get("ContentType") == "JSON"
        form = JSON if wants_json else XML
        ids = self._writer.new_ids()
        received = over_http(request, connection, self._clock.now(), ids.plain, ids.extended)
        audited = _Audited(self._service.auditor, action, received)
        try:
            version = parameters.get("Version")
            if version != API_VERSION or action not in _KNOWN:
                raise InvalidAction.of(action, version)
            check_escapes(forms)
            outcome = self._outcome(request, connection, action, parameters, audited.known)
        except ApiError as error:
            audited.end(error)
            key_id = claimed_access_key_id(request)
            return self._refusal(error, ids, key_id, form, close=close)
        audited.end(outcome.particulars)
        body = form.result(action, outcome.result, ids.plain)
        notes = Notes(
            access_key_id=outcome.access_key_id,
            detail=outcome.done,
            expires_at=outcome.expires_at,
        )
        return self._writer.document(
            HTTPStatus.OK, ids, form.media_type, body, close=close, notes=notes
        )

    def _outcome(
        self,
        request: Request,
        connection: Connection,
        action: str,
        parameters: Parameters,
        known: Callable[[Identity], None],
    ) -> Outcome:
        """What comes of a call; `known` is told who makes it once that is proven."""
        keys = _connection_keys(request, connection)
        if (unsigned := UNSIGNED_OPERATIONS.get(action)) is not None:
            return unsigned(UnsignedCall(self._service, parameters, known, keys))
        claim = read_claim(request, self._clock.wall(), self._region)
        caller = self._service.authenticate(claim.access_key_id, claim.session_token)
        claim.prove(request, caller.secret_access_key)
        caller.refuse_foreign_session_token()
        known(of_signer(caller.signer, claim.access_key_id))
        call = IncomingCall(self._service, caller.signer, parameters, keys)
        return replace(OPERATIONS[action](call), access_key_id=claim.access_key_id)

    def _refusal(
        self,
        error: ApiError,
        ids: RequestIds,
        access_key_id: str | None,
        form: DocumentForm,
        *,
        close: bool,
    ) -> Response:
        detail = f"{error.code}: {error.detail}" if error.detail else error.code
        return self._writer.document(
            STATUS[type(error)],
            ids,
            form.media_type,
            form.error(error, ids.plain),
            close=close,
            notes=Notes(access_key_id=access_key_id, detail=detail),
        )


def _connection_keys(request: Request, connection: Connection) -> dict[str, str]:
    """The condition keys that the connection and the head of a request give."""
    keys = {}
    if connection.peer:
        keys["aws:SourceIp"] = source_address(connection)
    for key, header in (("aws:UserAgent", "user-agent"), ("aws:Referer", "referer")):
        if (value := request.headers.get(header)) is not None:
            keys[key] = value
    return keys
