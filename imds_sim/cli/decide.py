"""`imds-sim decide`: authorization decisions, a line of JSON each."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO

import click

from imds_sim.cli.completing import FILE
from imds_sim.cli.ending import NO, FileUnreadable

MAX_LINE = 4 * 1024 * 1024  # bytes; policies of a request are some hundred kilobytes at most
_TOO_LONG = f"the line has more than {MAX_LINE} bytes"


@click.command("decide", short_help="Decide authorization requests, one JSON line each.")
@click.argument("file", required=False, type=FILE)
@click.option("--explain", is_flag=True, help="Add what decided to each line, as `reason`.")
def command(file: str | None, explain: bool) -> int:
    """Decide the requests in FILE, or on standard input: one JSON object a line.

    Each line has a request and the policies that have a say in it, as plain documents:

    \b
      {"id": ...,
       "request": {"principal": ARN or SERVICE or {"type": "Anonymous"}, "action": ...,
                   "resource": {"resource": ARN, "accountId": ...}, "context": {KEY: ...}},
       "identityPolicies": [...], "resourcePolicy": ..., "sessionPolicy": ...,
       "permissionBoundaries": [...],
       "serviceControlPolicies": [{"orgIdentifier": ..., "policies": [...]}, ...],
       "resourceControlPolicies": [{"orgIdentifier": ..., "policies": [...]}, ...]}

    All but the request may be left out. The answer is a line with the id and the decision: allow,
    implicitDeny or explicitDeny. A line that is wrong gets an `error` in its place, and the exit
    status is 1 in the end. No daemon is needed.

    \b
    Example:
      imds-sim decide --explain < requests.jsonl
    """
    from imds_sim.cli.deciding.answers import answer

    status = 0
    with _opened(file) as stream:
        for line in _lines(stream):
            if line is None:
                document: dict[str, object] = {"id": None, "error": _TOO_LONG}
            else:
                document = answer(line, explain=explain)
            if "error" in document:
                status = NO
            click.echo(json.dumps(document))
    return status


def _opened(file: str | None) -> AbstractContextManager[BinaryIO]:
    if file is None or file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return open(file, "rb")
    except OSError as error:
        raise FileUnreadable(f"{file}: {error.strerror}") from error


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines that are not blank, one at a time in memory; None is one that is too long."""
    while line := stream.readline(MAX_LINE + 1):
        if len(line) <= MAX_LINE:
            if line.strip():
                yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE)
        yield None
