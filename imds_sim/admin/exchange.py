"""One exchange without a socket: a request in JSON, through the whole pipeline, the reply in JSON.

For what cannot connect to a surface itself, such as another emulator that proxies for its clients.
"""

import base64
import binascii
import re

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid, QueryInvalid
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.resolve import Resolver

MAX_BODY = 1024 * 1024  # bytes
HERE = "127.0.0.1"  # the client of such a request is on this machine
_KEYS = ("surface", "method", "path", "headers", "body")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2
_TARGET = re.compile(r"[!-~\x80-\xff]+")  # what the wire takes as one
_VALUE = re.compile(r"[\t -~\x80-\xff]*")  # RFC 9110, 5.5


def connection(surface: Surface, workload: str | None, resolver: Resolver) -> Connection:
    """Over what the request comes: for the metadata service the listener of `workload`.

    On other surfaces the request itself names the workload. Raises WorkloadUnknown, QueryInvalid.
    """
    named = None if workload is None else resolver.named(workload)
    if surface is not Surface.IMDS or named is None:
        return Connection(surface, None, HERE, 0, HERE, 0, hops=0)
    if not isinstance(named, Instance):
        told = f"as: {workload} is a {named.kind}, and only an instance has a metadata service"
        raise QueryInvalid(told)
    return Connection(surface, named.name, HERE, 0, HERE, 0, hops=0)


def read(body: bytes) -> tuple[Surface, Request]:
    """The request in a JSON body. Raises BodyInvalid."""
    given = read_object(body, _KEYS)
    surface = given.get("surface")
    if not isinstance(surface, str) or surface not in set(Surface):
        raise BodyInvalid(f"surface must be one of {', '.join(Surface)}")
    method = _text(given.get("method", "GET"), "method", _TOKEN)
    target = _text(given.get("path"), "path", _TARGET)
    return Surface(surface), Request(
        method, target, _headers(given.get("headers", [])), _bytes(given.get("body", ""))
    )


def document(request: Request, response: Response) -> dict[str, object]:
    """The reply; as on the wire, one to HEAD has no body.

    Where a fault leaves the client without any reply, the status is 0. Delays are not waited for.
    """
    if response.plan is not None and not response.plan.answers:
        return {"status": 0, "reason": "", "headers": [], "body": ""}
    body = b"" if request.method == "HEAD" else response.body
    return {
        "status": response.status,
        "reason": response.reason,
        "headers": [list(field) for field in response.headers],
        "body": base64.b64encode(body).decode(),
    }


def _headers(value: object) -> Headers:
    if not isinstance(value, list):
        raise BodyInvalid("headers must be a list of [name, value]")
    fields = []
    for field in value:
        if not isinstance(field, list) or len(field) != 2:
            raise BodyInvalid("headers must be a list of [name, value]")
        name = _text(field[0], "the name of a header", _TOKEN)
        fields.append((name, _text(field[1], f"the value of {name}", _VALUE).strip(" \t")))
    return Headers(fields)


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise BodyInvalid("body must be text in base64")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise BodyInvalid("body must be text in base64") from None


def _text(value: object, what: str, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise BodyInvalid(f"{what} is not what HTTP allows there")
    return value
