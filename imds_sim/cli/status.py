"""`imds-sim status`: the daemon, its listeners and who holds what."""

import json
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import click

from imds_sim.cli.clock import told_clock
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.fault import told_faults
from imds_sim.cli.held import told_credentials
from imds_sim.cli.listing import columns, mapping, mappings, strings
from imds_sim.kernel.timestamps import format_duration

EVERY = 1.0  # seconds between two looks of --watch


@click.command("status", short_help="Show the running daemon.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole document.")
@click.option(
    "--watch",
    "watched",
    is_flag=True,
    help="Show it anew every second; on a terminal. Restarts are waited for.",
)
@admin_option
def command(as_json: bool, watched: bool, admin: str | None) -> None:
    """Show the running daemon: listeners, workloads, time left, last reload.

    \b
    Example:
      imds-sim status --json | jq .workloads
    """
    if watched:
        _watch(as_json, admin)
        return
    document = running(admin).call("GET", "/v1/status")
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    for line in _lines(document):
        click.echo(line)


def told_change(change: dict[str, object]) -> str:
    """A run-time change as one line: `web-1: metadata_options.http_tokens: optional`."""
    value = change.get("value")
    told = value if isinstance(value, str) else json.dumps(value)
    places = (change.get("workload"), change.get("key"), told)
    return ": ".join(str(each) for each in places if each is not None)


def _watch(as_json: bool, admin: str | None) -> None:
    if as_json or not sys.stdout.isatty():
        raise click.UsageError("--watch is for a terminal, without --json")
    from imds_sim.admin.errors import DaemonNotFound, DaemonNotUnderstood
    from imds_sim.cli.watching import watch

    def read() -> str:
        try:
            return "\n".join(_lines(running(admin).call("GET", "/v1/status")))
        except (DaemonNotFound, DaemonNotUnderstood) as error:  # as while it is restarted
            return f"not there: {error}\nlooking every second; Ctrl-C ends it"

    pause = threading.Event()
    watch(read, lambda: pause.wait(EVERY))


def _lines(status: dict[str, object]) -> Iterator[str]:
    seconds = status.get("uptime_seconds")
    up = format_duration(timedelta(seconds=seconds)) if isinstance(seconds, int) else "?"
    ready = "ready" if status.get("ready") else "not ready"
    yield f"imds-sim {status.get('version')}, pid {status.get('pid')}, up {up}, {ready}"
    yield f"configuration: {status.get('config') or 'built in'}, generation " + str(
        status.get("generation")
    )
    yield f"clock: {told_clock(mapping(status.get('clock')))}"
    if reload := mapping(status.get("last_reload")):
        yield f"last reload: {reload.get('at')} {'good' if reload.get('ok') else 'refused'}"
        for error in mappings(reload.get("errors")):
            yield f"  {error.get('text')}"
    yield "listeners:"
    yield from columns(
        (str(each.get("surface")), str(each.get("url")), str(each.get("instance") or ""))
        for each in mappings(status.get("listeners"))
    )
    yield "workloads:"
    yield from columns(
        (str(each.get("name")), str(each.get("kind")), str(each.get("role_arn") or "-"), line)
        for each in mappings(status.get("workloads"))
        for line in told_credentials(each)
    )
    for each in mappings(status.get("workloads")):
        counted = [f"{name} {number}" for name, number in mapping(each.get("counters")).items()]
        if any(mapping(each.get("counters")).values()):
            yield f"  {each.get('name')}: {', '.join(counted)}"
    for alarm in mappings(status.get("alarms")):
        since = f" since {alarm.get('since')}" if alarm.get("since") else ""
        yield f"alarm {alarm.get('name')}: {alarm.get('state')}{since}"
    for change in mappings(status.get("overlay")):
        yield f"changed at run time: {told_change(change)}"
    if faults := told_faults(status):
        yield "faults:"
        yield from faults
    journal = mapping(status.get("journal"))
    yield f"journal: {journal.get('size')} of {journal.get('capacity')} entries"
    audit = mapping(status.get("audit"))
    yield f"audit: {audit.get('size')} of {audit.get('capacity')} records"
    for file in mappings(status.get("files")):
        lost = f", {file.get('lost')} lost" if file.get("lost") else ""
        yield f"file {file.get('path')}: {file.get('written')} written{lost}"
    for warning in strings(status.get("warnings")):
        yield f"warning: {warning}"
