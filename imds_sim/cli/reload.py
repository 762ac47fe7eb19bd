"""`imds-sim reload`: let the daemon read its file again, and wait for how it ends."""

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.listing import strings


@click.command("reload", short_help="Let the daemon read its file again.")
@admin_option
def command(admin: str | None) -> int:
    """Read the file again; if it is wrong, exit 78 with every error and change nothing.

    \b
    Example:
      imds-sim reload
    """
    from imds_sim.admin.client import PATIENCE
    from imds_sim.admin.errors import AdminRefused

    try:
        document = running(admin).call("POST", "/v1/reload", timeout=PATIENCE)
    except AdminRefused as refusal:
        if "reload" not in refusal.document:
            raise
        click.echo(str(refusal), err=True)  # FILE:LINE:COLUMN first, as editors read it
        return refusal.exit_status
    for warning in strings(document.get("warnings")):
        click.echo(f"warning: {warning}", err=True)
    for change in strings(document.get("changes")) or ["nothing changed"]:
        click.echo(change)
    return 0
