"""The JSON that the front end writes for who accepts it: the same members, instants as numbers.

Recorded from the requests of Envoy and of the EKS authenticator, the two clients that ask for it.
"""

import json
from datetime import datetime

from imds_sim.kernel.message import Request
from imds_sim.sts.errors import ApiError
from imds_sim.sts.query_api.elements import DocumentForm, Elements

MEDIA_TYPE = "application/json"


def accepts_json(request: Request) -> bool:
    """Whether the client lists JSON among what it accepts; `*/*` is not enough."""
    if "accept" not in request.headers:
        return False
    listed = ",".join(request.headers.all("accept")).split(",")
    return any(each.partition(";")[0].strip().lower() == MEDIA_TYPE for each in listed)


def render_result(operation: str, result: Elements, request_id: str) -> bytes:
    """The document of a success, on one line."""
    return _document(
        [
            (
                f"{operation}Response",
                [
                    (f"{operation}Result", result),
                    ("ResponseMetadata", [("RequestId", request_id)]),
                ],
            )
        ]
    )


def render_error(error: ApiError, request_id: str) -> bytes:
    """The document of an error; an error without message has no `Message`."""
    described = {"Code": error.code, "Message": error.message, "Type": error.fault.value}
    told = [(name, value) for name, value in described.items() if value is not None]
    return _document([("Error", told), ("RequestId", request_id)])


def _document(elements: Elements) -> bytes:
    return json.dumps(_members(elements), separators=(",", ":"), ensure_ascii=False).encode()


def _members(elements: Elements) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, content in elements:
        match content:
            case str() | int():
                members[name] = content
            case datetime():
                members[name] = int(content.timestamp())
            case _:
                members[name] = _members(content)
    return members


JSON = DocumentForm(MEDIA_TYPE, render_result, render_error)
