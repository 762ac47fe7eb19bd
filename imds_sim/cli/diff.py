"""`imds-sim diff`: two metadata services compared."""

import click

from imds_sim.cli.ending import NO


@click.command("diff", short_help="Compare two metadata services.")
@click.argument("first", metavar="URL")
@click.argument("second", metavar="URL")
@click.option(
    "--exact",
    is_flag=True,
    help="Compare moments, credentials and signatures too; they differ between any two instances.",
)
def command(first: str, second: str, exact: bool) -> int:
    """Compare two metadata services: every path, its status, header fields and body.

    Each difference is a line, the first URL's side left of the bar. Exit 1 if there is one. Nothing
    but the two URLs is asked; credentials and user data are compared, and not shown.

    \b
    Example:
      imds-sim diff http://169.254.169.254 http://127.0.0.1:1338
    """
    from imds_sim.cli.capturing.comparison import differences
    from imds_sim.cli.capturing.endpoint import Endpoint
    from imds_sim.cli.capturing.progress import told

    services = Endpoint(first), Endpoint(second)
    with told("Comparing") as read:
        found = list(differences(*services, read, exact=exact))
    for line in found:
        click.echo(line)
    return NO if found else 0
