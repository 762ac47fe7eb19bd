"""`imds-sim reset`: as after the start, without a restart."""

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.listing import counted


@click.command("reset", short_help="Forget what happened and was changed; mint anew.")
@admin_option
def command(admin: str | None) -> None:
    """Empty the journal, forget the clients, go back to the real time and the file, mint anew.

    What `options` changed is again as the file has it.

    Faults armed at run time are gone, those of the file are armed anew.
    Sets and tokens that were handed out live to their own end.

    \b
    Example:
      imds-sim reset
    """
    from imds_sim.admin.client import PATIENCE

    document = running(admin).call("POST", "/v1/reset", timeout=PATIENCE)
    forgotten = counted(document.get("cleared"), "request")
    click.echo(f"{forgotten} forgotten, {counted(document.get('sets'), 'set')} minted")
