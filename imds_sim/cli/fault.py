"""`imds-sim fault`: arm faults, list them, clear them; what there is to choose from."""

import json

import click

from imds_sim.cli.completing import faults, workloads
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.listing import columns, counted, mappings
from imds_sim.kernel.exchange import Surface

HEADINGS = ("id", "fault", "for", "hits", "state")


@click.group("fault", short_help="Make things go wrong on purpose.")
def command() -> None:
    """Make things go wrong on purpose: TARGET:EFFECT[=VALUE][+SKIP][*COUNT][~PROBABILITY].

    The first SKIP requests pass, of those after each is hit with PROBABILITY until COUNT were hit;
    requests of all clients are counted together. "&" joins several. Quote them in shells.

    \b
    Example:
      imds-sim fault add 'token:503*1'
    """


@command.command("add", short_help="Arm a fault.")
@click.argument("spec", metavar="SPEC", shell_complete=faults)
@click.option(
    "--as",
    "workload",
    metavar="WORKLOAD",
    shell_complete=workloads(),
    help="Only for this workload.",
)
@click.option(
    "--surface", type=click.Choice([each.value for each in Surface]), help="Only on this surface."
)
@click.option("--client", metavar="CIDR", help="Only for clients of this address or prefix.")
@admin_option
def add(
    spec: str, workload: str | None, surface: str | None, client: str | None, admin: str | None
) -> None:
    """Arm a fault in the running daemon, and print its number, the fault and whom it is for.

    What could never hit is refused, such as a fault of the metadata service for a task.

    \b
    Example:
      imds-sim fault add 'cred:life=120s' --as web-1
      imds-sim fault add 'token:403&v1:off'
    """
    wanted = {"fault": spec, "as": workload, "surface": surface, "client": client}
    document = running(admin).call("POST", "/v1/faults", document=wanted)
    click.echo(f"{document.get('id')}  {document.get('fault')}  {_told_scope(document)}")


@command.command("list", short_help="Show the armed faults.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole document.")
@admin_option
def listing(as_json: bool, admin: str | None) -> None:
    """Show the armed faults: number, fault, for whom, hits; and the weather.

    \b
    Example:
      imds-sim fault list
    """
    document = running(admin).call("GET", "/v1/faults")
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    for line in told_faults(document, HEADINGS) or ["no fault is armed"]:
        click.echo(line)


@command.command("clear", short_help="Disarm faults.")
@click.argument("number", metavar="[ID]", type=int, required=False)
@admin_option
def clear(number: int | None, admin: str | None) -> None:
    """Disarm the fault with this number, or all; the weather stays.

    \b
    Example:
      imds-sim fault clear
    """
    query = {"id": None if number is None else str(number)}
    document = running(admin).call("DELETE", "/v1/faults", query)
    click.echo(f"{document.get('cleared')} cleared")


@command.command("catalogue", short_help="Print every fault.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def catalogue(as_json: bool) -> None:
    """Print every fault there is, with what it does. Needs no daemon.

    Targets other than clock and throttle take what conn has too; ecs, eks and lambda what cred has;
    all but sts, conn, clock and throttle every status from 400 on.
    What goes wrong with a client's token file is set where the client starts: run --token-file.

    \b
    Example:
      imds-sim fault catalogue --json | jq -r .[].fault
    """
    from imds_sim.faults.catalogue.contents import rows

    listed = list(rows())
    if as_json:
        shown = [{"target": each.target, "fault": each.fault, "does": each.says} for each in listed]
        click.echo(json.dumps(shown, indent=2))
        return
    for line in columns(((each.fault, each.says) for each in listed), indent=""):
        click.echo(line)


def told_faults(document: dict[str, object], headings: tuple[str, ...] | None = None) -> list[str]:
    """The faults of a document, one a line below headings if given, and the weather."""
    rows = [
        (
            str(each.get("id")),
            str(each.get("fault")),
            _told_scope(each),
            counted(each.get("hits"), "hit"),
            "spent" if each.get("spent") else "",
        )
        for each in mappings(document.get("faults"))
    ]
    lines = columns([*([headings] if headings else []), *rows]) if rows else []
    weather = document.get("weather")
    if isinstance(weather, dict):
        lines.append(f"  weather: {weather.get('level')}")
    return lines


def _told_scope(fault: dict[str, object]) -> str:
    told = [f"{key} {fault[key]}" for key in ("as", "surface", "client") if fault.get(key)]
    return ", ".join(told) or "all"
