"""`imds-sim wait`: until the daemon is ready."""

import threading
import time

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.ending import NO, tell

EVERY = 0.05  # seconds between two looks


@click.command("wait", short_help="Wait until the daemon is ready.")
@click.option(
    "--timeout",
    metavar="DURATION",
    default="30s",
    show_default=True,
    help="How long to wait, like 500ms, 10s or 2m; 0 looks once.",
)
@admin_option
def command(timeout: str, admin: str | None) -> int:
    """Wait until the daemon has bound everything and minted; exit 1 if it takes too long.

    \b
    Example:
      imds-sim serve & imds-sim wait --timeout 10s && make test
    """
    from imds_sim.admin.errors import AdminError, DaemonNotPermitted
    from imds_sim.kernel.timestamps import DurationMalformed, parse_duration

    try:
        deadline = time.monotonic() + parse_duration(timeout).total_seconds()
    except DurationMalformed as error:
        raise click.BadParameter(str(error), param_hint="--timeout") from None
    pause = threading.Event()
    while True:
        try:
            running(admin).call("GET", "/readyz", timeout=max(1.0, deadline - time.monotonic()))
        except DaemonNotPermitted:
            raise
        except AdminError as error:
            reason = str(error)
        else:
            return 0
        left = deadline - time.monotonic()
        if left <= 0:
            tell(f"not ready after {timeout}: {reason}")
            return NO
        pause.wait(min(EVERY, left))
