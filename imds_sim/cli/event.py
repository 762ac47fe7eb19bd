"""`imds-sim event`: what happens to an instance, from now on or later."""

from collections.abc import Callable
from urllib.parse import quote

import click

from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import Function, admin_option, running
from imds_sim.cli.listing import columns, mappings

_INSTANCE = click.argument("instance", metavar="INSTANCE", shell_complete=workloads("instance"))
_CODES = (
    *("instance-reboot", "system-reboot", "system-maintenance"),
    *("instance-retirement", "instance-stop"),
)
_STATES = (
    *("Detached", "InService", "Standby", "Terminated"),
    *("Warmed:Hibernated", "Warmed:Running", "Warmed:Stopped", "Warmed:Terminated"),
)


def _when(default: str) -> Callable[[Function], Function]:
    return click.option(
        "--in",
        "delay",
        metavar="DURATION",
        default=default,
        show_default=True,
        help="When it happens, by the simulator's time, counted from now.",
    )


@click.group("event", short_help="Let something happen to an instance.")
def command() -> None:
    """Let something happen to an instance; its metadata tells of it exactly when it is due.

    \b
    Example:
      imds-sim event spot web-1 --action terminate --in 2m
    """


@command.command("spot", short_help="A spot interruption.")
@_INSTANCE
@click.option(
    "--action",
    type=click.Choice(["terminate", "stop", "hibernate"]),
    default="terminate",
    show_default=True,
    help="What becomes of the instance.",
)
@_when("2m")
@click.option("--notice", metavar="DURATION", help="How long before. Default: 2m; hibernate 0s.")
@admin_option
def spot(instance: str, action: str, delay: str, notice: str | None, admin: str | None) -> None:
    """Interrupt the spot INSTANCE; the notice appears two minutes before.

    \b
    Example:
      imds-sim event spot web-1 --action terminate --in 2m
    """
    _post(admin, instance, {"type": "spot", "action": action, "in": delay, "notice": notice})


@command.command("rebalance", short_help="A rebalance recommendation.")
@_INSTANCE
@_when("0s")
@admin_option
def rebalance(instance: str, delay: str, admin: str | None) -> None:
    """Recommend to rebalance INSTANCE.

    \b
    Example:
      imds-sim event rebalance web-1
    """
    _post(admin, instance, {"type": "rebalance", "in": delay})


@command.command("maintenance", short_help="Scheduled maintenance.")
@_INSTANCE
@click.option(
    "--code", type=click.Choice(_CODES), default="system-reboot", show_default=True,
    help="Kind of the event.",
)  # fmt: skip
@click.option(
    "--state",
    type=click.Choice(["active", "completed", "canceled"]),
    help="How it stands. Default: active, and completed once it is over.",
)
@click.option("--description", metavar="TEXT", help="Default: as EC2 words it for the code.")
@click.option("--id", "event_id", metavar="ID", help="To change that event. Default: a new one.")
@click.option("--duration", metavar="DURATION", default="2h", show_default=True, help="How long.")
@_when("1h")
@admin_option
def maintenance(
    instance: str,
    code: str,
    state: str | None,
    description: str | None,
    event_id: str | None,
    duration: str,
    delay: str,
    admin: str | None,
) -> None:
    """Schedule maintenance of INSTANCE; it is told of at once, and in the history once it is over.

    \b
    Example:
      imds-sim event maintenance web-1 --code system-reboot --in 3d
    """
    event = {"type": "maintenance", "code": code, "state": state, "description": description}
    _post(admin, instance, {**event, "id": event_id, "duration": duration, "in": delay})


@command.command("lifecycle", short_help="The state that an Auto Scaling group wants.")
@_INSTANCE
@click.argument("state", type=click.Choice(_STATES))
@_when("0s")
@admin_option
def lifecycle(instance: str, state: str, delay: str, admin: str | None) -> None:
    """Let an Auto Scaling group want INSTANCE in STATE.

    \b
    Example:
      imds-sim event lifecycle web-1 Terminated --in 5m
    """
    _post(admin, instance, {"type": "lifecycle", "state": state, "in": delay})


@command.command("show", short_help="Show the events of an instance.")
@_INSTANCE
@admin_option
def show(instance: str, admin: str | None) -> None:
    """Show what is planned for INSTANCE.

    \b
    Example:
      imds-sim event show web-1
    """
    _tell(running(admin).call("GET", _place(instance)))


@command.command("clear", short_help="Take events back.")
@_INSTANCE
@click.option(
    "--type",
    "kind",
    type=click.Choice(["spot", "rebalance", "maintenance", "lifecycle"]),
    help="Those of one type. Default: all.",
)
@admin_option
def clear(instance: str, kind: str | None, admin: str | None) -> None:
    """Take the events of INSTANCE back, those of the file too.

    \b
    Example:
      imds-sim event clear web-1
    """
    _tell(running(admin).call("DELETE", _place(instance), {"type": kind}))


def _place(instance: str) -> str:
    return f"/v1/instances/{quote(instance, safe='')}/events"


def _post(admin: str | None, instance: str, event: dict[str, str | None]) -> None:
    given = {key: value for key, value in event.items() if value is not None}
    _tell(running(admin).call("POST", _place(instance), document=given))


def _tell(document: dict[str, object]) -> None:
    rows = [
        (
            str(each.get("type")),
            str(each.get("action") or each.get("code") or each.get("state") or ""),
            str(each.get("at")),
            "told" if each.get("told") else "not told yet",
            str(each.get("id") or ""),
        )
        for each in mappings(document.get("events"))
    ]
    for line in columns(rows, indent="") if rows else ["no events"]:
        click.echo(line)
