"""`imds-sim clock`: move the simulator's time, which decides what is expired and due."""

import re
from datetime import timedelta

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.listing import mapping

_NEGATIVE = re.compile(r"-[\d.].*")


class _TakesNegatives(click.Command):
    """Reads `-5m` as a value, not as options, whether or not `--` stands before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" not in args:
            negative = [each for each in args if _NEGATIVE.fullmatch(each)]
            others = [each for each in args if not _NEGATIVE.fullmatch(each)]
            args = [*others, *(["--", *negative] if negative else [])]
        return super().parse_args(ctx, args)


def _pace_of(context: click.Context, parameter: click.Parameter, text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a number, such as 60 or 0.5") from None
    if factor < 0:
        raise click.BadParameter(
            f"{text}: time does not run backwards; to move it back: imds-sim clock advance -1h"
        )
    return factor


@click.group("clock", short_help="Move the simulator's time, show it, reset it.")
def command() -> None:
    """Move the simulator's time: expiry and refresh follow it, the clients' clocks do not.

    \b
    Example:
      imds-sim clock advance 6h35m
    """


@command.command("advance", cls=_TakesNegatives, short_help="Move the simulator's time.")
@click.argument("duration", metavar="DURATION")
@admin_option
def advance(duration: str, admin: str | None) -> None:
    """Move the simulator's time by DURATION, like 90s, 6h35m or 2d; -5m moves it back.

    What falls due is minted at once. Signatures are still judged by the real time.

    \b
    Example:
      imds-sim clock advance 6h35m
    """
    from imds_sim.kernel.timestamps import parse_duration

    span = parse_duration(duration.removeprefix("-"))
    seconds = span.total_seconds() * (-1 if duration.startswith("-") else 1)
    _tell(running(admin).call("POST", "/v1/clock/advance", document={"seconds": seconds}))


@command.command("freeze", short_help="Let the simulator's time stand still.")
@admin_option
def freeze(admin: str | None) -> None:
    """Let the simulator's time stand still until it is moved, sped up or reset.

    \b
    Example:
      imds-sim clock freeze
    """
    _tell(running(admin).call("POST", "/v1/clock/freeze"))


@command.command("speed", cls=_TakesNegatives, short_help="Let the simulator's time go faster.")
@click.argument("factor", metavar="FACTOR", callback=_pace_of)
@admin_option
def speed(factor: float, admin: str | None) -> None:
    """Let the simulator's time go FACTOR times as fast as the real one, 86400 at most.

    3600 makes an hour of every second; 1 is the usual pace again, from where the time has got to.

    \b
    Example:
      imds-sim clock speed 60
    """
    _tell(running(admin).call("POST", "/v1/clock/speed", document={"factor": factor}))


@command.command("show", short_help="Show both times.")
@admin_option
def show(admin: str | None) -> None:
    """Show the simulator's time and how far it is from the real one.

    \b
    Example:
      imds-sim clock show
    """
    _tell(running(admin).call("GET", "/v1/clock"))


@command.command("reset", short_help="Go back to the real time.")
@admin_option
def reset(admin: str | None) -> None:
    """Let the simulator's time be the real one again, at its usual pace.

    \b
    Example:
      imds-sim clock reset
    """
    _tell(running(admin).call("DELETE", "/v1/clock"))


def told_clock(clock: dict[str, object]) -> str:
    """A clock document as one line: `2026-01-02T09:04:05Z, 6h ahead of the real time`."""
    # To the second: asking takes milliseconds.
    return f"{clock.get('now')}, {_shift(clock.get('shift_seconds'))}{_pace(clock.get('rate'))}"


def _pace(rate: object) -> str:
    if not isinstance(rate, int | float) or rate == 1:
        return ""
    return f", {rate:g} times as fast" if rate else ", standing still"


def _shift(seconds: object) -> str:
    from imds_sim.kernel.timestamps import format_duration

    if not isinstance(seconds, int | float) or not round(seconds):
        return "the real time"
    where = "ahead of" if seconds > 0 else "behind"
    return f"{format_duration(timedelta(seconds=round(abs(seconds))))} {where} the real time"


def _tell(document: dict[str, object]) -> None:
    click.echo(told_clock(mapping(document)))
