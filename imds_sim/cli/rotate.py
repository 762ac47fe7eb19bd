"""`imds-sim rotate`: mint anew now."""

import click

from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.held import told_credentials
from imds_sim.cli.listing import mappings


@click.command("rotate", short_help="Mint credentials anew now.")
@click.option(
    "--as",
    "workload",
    metavar="WORKLOAD",
    shell_complete=workloads(),
    help="One workload. Default: all.",
)
@admin_option
def command(workload: str | None, admin: str | None) -> None:
    """Mint the credentials of one workload or of all anew; the old ones live to their end.

    \b
    Example:
      imds-sim rotate --as web-1
    """
    from imds_sim.admin.client import PATIENCE

    document = running(admin).call("POST", "/v1/rotate", {"as": workload}, timeout=PATIENCE)
    for each in mappings(document.get("workloads")):
        for line in told_credentials(each):
            click.echo(f"{each['name']}  {line}")
