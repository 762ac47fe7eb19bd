"""`imds-sim journal`: what was asked and answered, as it happens if wanted."""

import json

import click

from imds_sim.cli.completing import FILE, workloads
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.following import JOURNAL, Columns, Row, batches
from imds_sim.cli.listing import user_agent
from imds_sim.kernel.exchange import Surface


@click.command("journal", short_help="Show what was asked and answered.")
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option(
    "--as",
    "workload",
    metavar="WORKLOAD",
    shell_complete=workloads(),
    help="Only of this workload.",
)
@click.option(
    "--surface", type=click.Choice([each.value for each in Surface]), help="Only on this surface."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.option(
    "--har", metavar="FILE", type=FILE, help="Write an HTTP archive (HAR 1.2) instead; - prints it."
)
@admin_option
def command(
    follow: bool,
    workload: str | None,
    surface: str | None,
    as_json: bool,
    har: str | None,
    admin: str | None,
) -> None:
    """Show the requests of every client, oldest first; secrets are masked.

    Columns: time, surface, workload, client, status, IMDS version, request, access key id, user
    agent, [fault], remark. Times are the simulator's, see: imds-sim clock. --follow ends with
    Ctrl-C or with the daemon. An archive opens in the developer tools of a browser; it holds
    neither bodies nor header fields but the user agent.

    \b
    Example:
      imds-sim journal --follow --as web-1
    """
    if har is not None and (follow or as_json):
        raise click.UsageError("--har goes with neither --follow nor --json")
    asked_for = [each for each in (workload, surface) if each is not None]
    empty = " ".join(["nothing was asked", *(f"of {each}" for each in asked_for), "yet"])
    query = {"as": workload, "surface": surface}
    found = batches(running(admin), JOURNAL, query, follow, empty=empty)
    if har is not None:
        from imds_sim.cli.har import archive, write

        write(har, archive([entry for batch in found for entry in batch]))
        return
    columns = Columns("time", "surface", "workload", "client", "status", "IMDS", rest="request")
    try:
        for batch in found:
            shown = map(json.dumps, batch) if as_json else columns.lines(map(_row, batch))
            click.echo("\n".join(shown))
    except KeyboardInterrupt:
        if not follow:
            raise


def _row(entry: dict[str, object]) -> Row:
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
    told = [f"{entry.get('method')} {entry.get('path')}"]
    if key_id := entry.get("access_key_id"):
        told.append(str(key_id))
    if agent := entry.get("user_agent"):
        told.append(user_agent(agent))
    if fault := entry.get("fault"):
        told.append(f"[{fault}]")
    if detail := entry.get("detail"):
        told.append(f"({detail})")
    return texts, told
