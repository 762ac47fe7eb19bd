"""`imds-sim health`: one look, for whoever restarts containers."""

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.ending import NO, tell


@click.command("health", short_help="Say whether the daemon is ready, at once.")
@admin_option
def command(admin: str | None) -> int:
    """Look once whether the daemon is ready: exit 0 if it is, 1 with the reason if it is not.

    \b
    Example:
      HEALTHCHECK CMD imds-sim health
    """
    from imds_sim.admin.errors import AdminError

    try:
        running(admin).call("GET", "/readyz")
    except AdminError as error:
        tell(f"not healthy: {error}")
        return NO
    return 0
