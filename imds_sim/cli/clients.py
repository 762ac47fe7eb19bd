"""`imds-sim clients`: who asks, from how far away."""

import json
from collections.abc import Iterator

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.following import printable
from imds_sim.cli.listing import columns, mappings, strings, user_agent

HEADINGS = (
    "client", "hops", "surfaces", "workloads", "requests", "IMDSv1", "lost", "last seen",
    "user agent",
)  # fmt: skip
NAMES = 3  # workloads shown of one client


@click.command("clients", short_help="Show who asks, and from how far away.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole document.")
@admin_option
def command(as_json: bool, admin: str | None) -> None:
    """Show the clients of every surface since the start or the last reset, the latest first.

    Hops are the routers on the way: 0 is this machine or a neighbour, a container behind a bridge
    is 1, ? is not known. Columns: client, hops, surfaces, workloads it was taken for, requests,
    those as IMDSv1, metadata tokens lost on their way, last seen by the wall clock, user agent.
    Whoever is further away than an instance's http_put_response_hop_limit allows gets a line with
    the remedy.

    \b
    Example:
      imds-sim clients --json | jq '.clients[] | select(.out_of_reach != [])'
    """
    document = running(admin).call("GET", "/v1/clients")
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    clients = mappings(document.get("clients"))
    if not clients:
        click.echo("nobody has asked yet")
        return
    for line in columns([HEADINGS, *map(_row, clients)], indent=""):
        click.echo(line)
    for each in clients:
        for line in told_out_of_reach(each):
            click.echo(line)


def told_out_of_reach(client: dict[str, object]) -> Iterator[str]:
    """A line with the remedy for each instance whose tokens do not reach a client."""
    for each in mappings(client.get("out_of_reach")):
        name, needed = each.get("instance"), each.get("needed")
        yield (
            f"{client.get('client')}: no metadata token of {name} reaches it, the hop limit is "
            f'{each.get("hop_limit")} and it needs {needed}; "imds-sim options {name} '
            f'--http-put-response-hop-limit {needed}"'
        )


def _row(client: dict[str, object]) -> tuple[str, ...]:
    hops, workloads = client.get("hops"), strings(client.get("workloads"))
    more = [f"and {len(workloads) - NAMES} more"] if len(workloads) > NAMES else []
    return (
        str(client.get("client") or "(unix socket)"),
        "?" if hops is None else str(hops),
        ",".join(strings(client.get("surfaces"))),
        " ".join([*workloads[-NAMES:], *more]) or "-",
        str(client.get("requests")),
        str(client.get("imdsv1_requests")),
        str(client.get("tokens_lost")),
        str(client.get("last_seen")),
        printable(user_agent(client.get("user_agent") or "-")),
    )
