"""The instance metadata service as one call: a request in, the answer to the byte out."""

from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil

from imds_sim.credentials.provider import CredentialProvider, Delivery
from imds_sim.imds.catalogue.contents import look_up
from imds_sim.imds.documents import Documents
from imds_sim.imds.errors import (
    DEFECT_STATUS,
    STATUS,
    ImdsError,
    MethodNotAllowed,
    NoSuchItem,
    Throttled,
)
from imds_sim.imds.gate import MethodsRequest, TokenRequest, TreeRequest, admit, is_v2
from imds_sim.imds.nitro import NitroWriter, keeps_connection
from imds_sim.imds.path import TreePath
from imds_sim.imds.rendered import Rendered
from imds_sim.imds.signatures import Signatures
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.imds.tree import Content
from imds_sim.imds.view import View
from imds_sim.imds.xen import XenWriter
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Notes, Request, Response, Unreadable
from imds_sim.kernel.refusal import Refusal
from imds_sim.kernel.timestamps import http_date
from imds_sim.kernel.token_bucket import TokenBuckets
from imds_sim.workloads.instance import Family, Instance
from imds_sim.workloads.task import Task


class ImdsHandler:
    """Answers for every instance. Remembers what it rendered, at most so many keys of it."""

    def __init__(
        self,
        provider: CredentialProvider,
        tokens: MetadataTokens,
        clock: Clock,
        signatures: Signatures,
    ) -> None:
        self._provider = provider
        self._tokens = tokens
        self._clock = clock
        self._buckets = TokenBuckets(clock)
        dates = HttpDates(clock)
        self._nitro, self._xen = NitroWriter(dates), XenWriter(dates)
        self._documents = Documents(signatures)
        self._modified: Rendered[datetime, str] = Rendered(http_date)

    def handle(
        self,
        request: Request,
        instance: Instance | None,
        connection: Connection,
        tasks: tuple[Task, ...] = (),
    ) -> Response:
        """Answer as `instance`, on which `tasks` run; None where none answers this client."""
        keep = keeps_connection(request)
        writer = self._writer(instance)
        try:
            self._throttle(instance)
            match admit(request, instance, self._tokens):
                case TreeRequest() as admitted:
                    return self._item(admitted, keep, tasks)
                case TokenRequest() as admitted:
                    return self._metadata_token(admitted, keep)
                case MethodsRequest(allow):
                    notes = Notes(imds_version=_version(request))
                    return writer.empty(HTTPStatus.OK, allow=allow, keep=keep, notes=notes)
        except ImdsError as error:
            return self._refusal(writer, request, error, keep)

    def _throttle(self, instance: Instance | None) -> None:
        rate = None if instance is None else instance.throttle
        if instance is not None and rate is not None and not self._buckets.take(instance.id, rate):
            raise Throttled(f"more than {rate.per_second:g} requests a second")

    def refuse(self, unreadable: Unreadable) -> Response:
        """Answer bytes that are no request, and close."""
        notes = Notes(detail=unreadable.detail or unreadable.defect.value)
        return self._nitro.empty(DEFECT_STATUS[unreadable.defect], notes=notes)

    def failed(self) -> Response:
        """Answer a request that met a bug of ours, and close."""
        return self._nitro.empty(HTTPStatus.INTERNAL_SERVER_ERROR)

    def faulted(self, request: Request, connection: Connection, refusal: Refusal) -> Response:
        """Refuse as a fault wants it: 404 has its page, anything else is empty."""
        keep, notes = keeps_connection(request), Notes(_version(request), detail="a fault")
        if refusal.status is HTTPStatus.NOT_FOUND:
            return self._nitro.page(refusal.status, None, keep, notes)
        return self._nitro.empty(refusal.status, keep=keep, notes=notes)

    def _writer(self, instance: Instance | None) -> NitroWriter | XenWriter:
        is_xen = instance is not None and instance.family is Family.XEN
        return self._xen if is_xen else self._nitro

    def _item(self, admitted: TreeRequest, keep: bool, tasks: tuple[Task, ...]) -> Response:
        instance, remaining = admitted.instance, admitted.remaining
        if remaining is None:
            version, seconds, delivery = 1, None, Delivery.IMDS_V1
        else:
            version, seconds, delivery = 2, _whole_seconds(remaining), Delivery.IMDS_V2
        now = self._clock.now()
        view = View(instance, delivery, self._provider, self._documents, now, tasks)
        path = admitted.path
        found = None if path is None else look_up(view, path.names)
        if path is None or found is None:
            raise NoSuchItem("nothing at this path", seconds)
        moment = view.delivered_at()
        if found.updated_at is not None and found.updated_at > moment:
            moment = found.updated_at
        modified = self._modified.of(instance.name, moment)
        notes = Notes(version, found.access_key_id, found.detail, expires_at=found.expires_at)
        writer = self._writer(instance)
        if isinstance(writer, XenWriter) and _lacks_slash(path, found):
            return writer.moved(path.names, seconds, notes)
        return writer.item(found, modified, seconds, keep, notes)

    def _metadata_token(self, admitted: TokenRequest, keep: bool) -> Response:
        ttl = timedelta(seconds=admitted.ttl_seconds)
        instance = admitted.instance
        metadata_token = self._tokens.issue(instance.id, ttl, instance.family)
        response = self._writer(instance).metadata_token(
            metadata_token.reveal(), admitted.ttl_seconds, keep, Notes(imds_version=2)
        )
        return response._replace(hops=instance.options.http_put_response_hop_limit)

    def _refusal(
        self, writer: NitroWriter | XenWriter, request: Request, error: ImdsError, keep: bool
    ) -> Response:
        status, notes = STATUS[type(error)], Notes(_version(request), detail=str(error))
        match error:
            case NoSuchItem(remaining=remaining):
                return writer.page(status, remaining, keep, notes)
            case MethodNotAllowed(allow=allow):
                return writer.empty(status, allow=allow, keep=keep, notes=notes)
            case _:
                return writer.empty(status, keep=keep, notes=notes)


def _lacks_slash(path: TreePath, found: Content) -> bool:
    """Whether this is a directory below a version, and nothing in the path says so."""
    return found.names is not None and len(path.names) > 1 and not path.final_slash


def _version(request: Request) -> int:
    return 2 if is_v2(request) else 1


def _whole_seconds(remaining: timedelta) -> int:
    """Rounded up: a token that still counts has at least one second, a fresh one its lifetime."""
    return ceil(remaining.total_seconds())
