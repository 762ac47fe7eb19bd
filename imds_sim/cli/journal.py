"""`imds-sim journal`: what was asked and answered, as it happens if wanted."""

import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.ending import tell
from imds_sim.cli.listing import mappings
from imds_sim.kernel.exchange import Surface

if TYPE_CHECKING:
    from imds_sim.admin.client import AdminClient

EVERY = 0.2  # seconds between two looks of --follow
AGENT = 40  # characters shown of a user agent
_Entry = dict[str, object]


@click.command("journal", short_help="Show what was asked and answered.")
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--as", "workload", metavar="WORKLOAD", help="Only of this workload.")
@click.option(
    "--surface", type=click.Choice([each.value for each in Surface]), help="Only on this surface."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@admin_option
def command(
    follow: bool, workload: str | None, surface: str | None, as_json: bool, admin: str | None
) -> None:
    """Show the requests of every client, oldest first; secrets are masked.

    Columns: time, surface, workload, client, status, IMDS version, request, access key id, user
    agent, [fault], remark. --follow ends with Ctrl-C or with the daemon.

    \b
    Example:
      imds-sim journal --follow --as web-1
    """
    lines = _Columns()
    try:
        for batch in _batches(running(admin), {"as": workload, "surface": surface}, follow):
            shown = map(json.dumps, batch) if as_json else map(lines.line, batch)
            click.echo("\n".join(shown))
    except KeyboardInterrupt:
        if not follow:
            raise


def _batches(
    client: "AdminClient", query: dict[str, str | None], follow: bool
) -> Iterator[list[_Entry]]:
    """The entries there are, then again and again the newer ones."""
    from imds_sim.admin.errors import DaemonNotFound, DaemonNotUnderstood

    after, pause = 0, threading.Event()
    document = client.call("GET", "/v1/journal", query)
    while True:
        if batch := mappings(document.get("entries")):
            yield batch
        if not follow:
            return
        last = document.get("last_number")
        if isinstance(last, int):
            if last < after:  # another daemon answers on this socket, and counts from 1
                after = 0
                document = client.call("GET", "/v1/journal", query)
                continue
            after = last
        pause.wait(EVERY)
        try:
            document = client.call("GET", "/v1/journal", {**query, "after": str(after)})
        except (DaemonNotFound, DaemonNotUnderstood):
            tell("the daemon has ended")
            return


class _Columns:
    """Lines whose columns grow with what they have shown."""

    def __init__(self) -> None:
        self._widths = [0] * 6

    def line(self, entry: _Entry) -> str:
        """One entry, for a person."""
        version = entry.get("imds_version")
        texts = [
            str(entry.get("time")),
            str(entry.get("surface")),
            str(entry.get("workload") or "-"),
            str(entry.get("client") or "-"),
            str(entry.get("status")),
            f"v{version}" if version else "-",
        ]
        self._widths = [max(*pair) for pair in zip(self._widths, map(len, texts), strict=True)]
        told = [text.ljust(width) for text, width in zip(texts, self._widths, strict=True)]
        told.append(f"{entry.get('method')} {entry.get('path')}")
        if key_id := entry.get("access_key_id"):
            told.append(str(key_id))
        if agent := entry.get("user_agent"):
            told.append(str(agent)[:AGENT])
        if fault := entry.get("fault"):
            told.append(f"[{fault}]")
        if detail := entry.get("detail"):
            told.append(f"({detail})")
        return printable("  ".join(told))


def printable(text: str) -> str:
    """`text` without what would steer a terminal: clients choose much of it."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
