"""`imds-sim restore`: a function comes back from its snapshot."""

import click

from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.held import told_credentials
from imds_sim.cli.listing import mappings


@click.command("restore", short_help="Restore a function from its snapshot.")
@click.option(
    "--as",
    "workload",
    metavar="FUNCTION",
    required=True,
    shell_complete=workloads("function"),
    help="A function with snap_start.",
)
@admin_option
def command(workload: str, admin: str | None) -> None:
    """Give a function with SnapStart new credentials behind the same token, as a restore does.

    What its clients hold is that of the snapshot, until they ask again; it lives to its end.

    \b
    Example:
      imds-sim restore --as resize
    """
    document = running(admin).call("POST", "/v1/restore", {"as": workload})
    for each in mappings(document.get("workloads")):
        for line in told_credentials(each):
            click.echo(f"{each['name']}  {line}")
