"""Answers edited: statuses stay the surface's, bodies and framing are what the fault says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from imds_sim.kernel.message import Response

Edit = Callable[[Response], Response]
Members = dict[str, object]

HUGE = 70_000  # bytes; the CRT takes 65,535 (aws-c-auth), 10,000 of a container endpoint
PAGE = b"<html><head><title>Error</title></head><body><h1>Error</h1></body></html>\n"
BROKEN = b'{"Code" : "Success", "AccessKeyId" : '


def with_body(response: Response, body: bytes, content_type: str | None = None) -> Response:
    """The same answer with another body; its length, and its type if given, say so.

    Credentials end for the client when this body says so.
    """
    fields = []
    for name, value in response.headers:
        match name.lower():
            case "content-length":
                value = str(len(body))
            case "content-type" if content_type is not None:
                value = content_type
        fields.append((name, value))
    notes = response.notes
    if notes.expires_at is not None:
        notes = notes._replace(expires_at=_told_end(body))
    return response._replace(headers=tuple(fields), body=body, notes=notes)


def _told_end(body: bytes) -> datetime | None:
    """When credentials end by their document; None if it does not say so in any way."""
    try:
        document = json.loads(body)
        told = {name.lower(): value for name, value in document.items()}
        end = datetime.fromisoformat(told["expiration"])
    except (ValueError, AttributeError, KeyError, TypeError):
        return None
    return end if end.tzinfo else end.replace(tzinfo=UTC)


def with_status(response: Response, status: int, reason: str) -> Response:
    """The same answer under another status."""
    return response._replace(status=status, reason=reason)


def without_field(field: str) -> Edit:
    """Take a header field (named in lower case) out."""

    def edit(response: Response) -> Response:
        kept = tuple(each for each in response.headers if each[0].lower() != field)
        return response._replace(headers=kept)

    return edit


def with_field(name: str, value: str) -> Edit:
    """Give a header field this value in its place, or at the end."""

    def edit(response: Response) -> Response:
        fields = [(n, value if n.lower() == name.lower() else v) for n, v in response.headers]
        if all(n.lower() != name.lower() for n, _ in fields):
            fields.append((name, value))
        return response._replace(headers=tuple(fields))

    return edit


def closing(response: Response) -> Response:
    """The connection ends after the reply, and the reply says so."""
    return response.ending()


def silent_about_the_end(response: Response) -> Response:
    """The reply does not say that the connection ends."""
    return without_field("connection")(response)


def http10(response: Response) -> Response:
    """The reply of a server of HTTP/1.0, which closes."""
    return closing(response)._replace(version="HTTP/1.0")


def chunked(response: Response) -> Response:
    """The body in chunks instead of with its length; not to clients of HTTP/1.0."""
    if response.version == "HTTP/1.0":
        return response
    fields = tuple(
        ("Transfer-Encoding", "chunked") if name.lower() == "content-length" else (name, value)
        for name, value in response.headers
    )
    middle = len(response.body) // 2
    parts = [part for part in (response.body[:middle], response.body[middle:]) if part]
    body = b"".join([b"%x\r\n%b\r\n" % (len(part), part) for part in parts]) + b"0\r\n\r\n"
    return response._replace(headers=fields, body=body)


def body_of(body: bytes, content_type: str | None = None) -> Edit:
    """Whatever was answered, this is its body."""
    return lambda response: with_body(response, body, content_type)


def half(response: Response) -> Response:
    """The first half of the body, with a length that fits."""
    return with_body(response, response.body[: len(response.body) // 2])


def line_feed(response: Response) -> Response:
    """The body with a line feed at its end."""
    return with_body(response, response.body + b"\n")


def another_line(line: bytes) -> Edit:
    """A listing with one more line."""
    return lambda response: with_body(response, response.body + b"\n" + line)


def backwards(response: Response) -> Response:
    """A listing in the other order."""
    if response.status != 200:
        return response
    return with_body(response, b"\n".join(reversed(response.body.split(b"\n"))))


def content_type(value: str) -> Edit:
    """Another content type; the body stays."""
    return with_field("Content-Type", value)


def charset(response: Response) -> Response:
    """The content type with a charset."""
    declared = next((v for n, v in response.headers if n.lower() == "content-type"), "text/plain")
    return with_field("Content-Type", f"{declared.partition(';')[0]}; charset=utf-8")(response)


def redirect(response: Response) -> Response:
    """A redirection to another place of the same server, where there is nothing."""
    moved = with_body(with_status(response, 302, "Found"), b"")
    return with_field("Location", "/elsewhere")(moved)


def members(change: Callable[[Members], Members]) -> Edit:
    """The JSON document of the answer with other members, laid out as it was."""

    def edit(response: Response) -> Response:
        try:
            document = json.loads(response.body)
        except ValueError:
            return response
        if response.status != 200 or not isinstance(document, dict):
            return response
        written = _written(change(document), spread=response.body.startswith(b"{\n"))
        return with_body(response, written)

    return edit


def _written(document: Members, *, spread: bool) -> bytes:
    if not spread:
        return json.dumps(document, separators=(",", ":")).encode()
    lines = [f"  {json.dumps(key)} : {json.dumps(value)}" for key, value in document.items()]
    return "{{\n{}\n}}".format(",\n".join(lines)).encode()
