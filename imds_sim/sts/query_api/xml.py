"""The XML of the query protocol: two spaces a level, no declaration, a final newline (recorded)."""

import re
from datetime import datetime

from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts.errors import ApiError, InvalidAction
from imds_sim.sts.query_api.elements import DocumentForm, Element, Elements

STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
# What is refused before an operation is found has another namespace.
FAULT_NAMESPACE = "http://webservices.amazon.com/AWSFault/2005-15-09"

# XML 1.0, 2.2: what may not stand in a document, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Quotes stay (recorded). A carriage return would be read back as a newline (XML 1.0, 2.11).
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_PLAIN = re.compile("[\t\n\x20-%'-;=?-~]*")


def render_result(operation: str, result: Elements, request_id: str) -> bytes:
    """The document of a success: `<{operation}Response>` around `<{operation}Result>`."""
    return _document(
        f"{operation}Response",
        STS_NAMESPACE,
        [
            (f"{operation}Result", result),
            ("ResponseMetadata", [("RequestId", request_id)]),
        ],
    )


def render_error(error: ApiError, request_id: str) -> bytes:
    """The document of an error; an error without message has no `Message` element."""
    described: list[Element] = [("Type", error.fault), ("Code", error.code)]
    if error.message is not None:
        described.append(("Message", error.message))
    return _document(
        "ErrorResponse",
        FAULT_NAMESPACE if isinstance(error, InvalidAction) else STS_NAMESPACE,
        [("Error", described), ("RequestId", request_id)],
    )


def _document(name: str, namespace: str, elements: Elements) -> bytes:
    lines = [f'<{name} xmlns="{namespace}">']
    _write(lines, elements, "  ")
    lines += (f"</{name}>", "")
    return "\n".join(lines).encode()


def _write(lines: list[str], elements: Elements, indent: str) -> None:
    for name, content in elements:
        match content:
            case str():
                lines.append(f"{indent}<{name}>{_escaped(content)}</{name}>")
            case int():
                lines.append(f"{indent}<{name}>{content}</{name}>")
            case datetime():
                lines.append(f"{indent}<{name}>{iso_seconds(content)}</{name}>")
            case _:
                lines.append(f"{indent}<{name}>")
                _write(lines, content, indent + "  ")
                lines.append(f"{indent}</{name}>")


def _escaped(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return _FORBIDDEN.sub("\ufffd", text).translate(_ESCAPES)


XML = DocumentForm("text/xml", render_result, render_error)
