"""Entries of the journal as an HTTP archive, HAR 1.2 (w3c.github.io/web-performance, "HAR").

What the journal does not keep is told as the format has it: -1 for unknown sizes, and no fields.
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import version
from urllib.parse import parse_qsl

import click

from imds_sim.cli import whole_file

_Document = dict[str, object]


def archive(entries: Iterable[_Document]) -> _Document:
    """The archive of documents as the admin surface gives them."""
    creator = {"name": "imds-sim", "version": version("imds-sim")}
    return {"log": {"version": "1.2", "creator": creator, "entries": [*map(_entry, entries)]}}


def write(path: str, document: _Document) -> None:
    """Write to a file of mode 0600, or to standard output for `-`. Raises FileNotWritable."""
    text = json.dumps(document, indent=1) + "\n"
    if path == "-":
        click.echo(text, nl=False)
        return
    whole_file.write(path, text, mode=0o600)


def _entry(entry: _Document) -> _Document:
    seconds = entry.get("duration_seconds")
    took = round(seconds * 1000, 3) if isinstance(seconds, float | int) else 0
    told = {f"_{name}": entry.get(name) for name in _OURS if entry.get(name) is not None}
    return {
        "startedDateTime": entry.get("time"),
        "time": took,
        "request": _request(entry),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        **told,
    }


# Members of ours, which the format lets begin with an underscore.
_OURS = (
    "number",
    "surface",
    "workload",
    "client",
    "imds_version",
    "fault",
    "access_key_id",
    "detail",
)


def _request(entry: _Document) -> _Document:
    target = str(entry.get("path") or "/")
    query = target.partition("?")[2]
    agent = entry.get("user_agent")
    at = entry.get("local") or "localhost"
    return {
        "method": str(entry.get("method") or "-"),
        "url": target if "://" in target.partition("?")[0] else f"http://{at}{target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [] if agent is None else [{"name": "User-Agent", "value": agent}],
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(query, keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": -1,
    }


def _response(entry: _Document) -> _Document:
    status = entry.get("status")
    known = isinstance(status, int) and status in set(HTTPStatus)
    size = entry.get("response_bytes")
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if known and isinstance(status, int) else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": size, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": size,
    }
