"""`imds-sim capture`: a live metadata service as a configuration."""

import click

from imds_sim.cli.ending import tell


@click.command("capture", short_help="Write a configuration that reproduces a live instance.")
@click.option(
    "--endpoint",
    metavar="URL",
    help="The metadata service to read. Default: http://169.254.169.254.",
)
@click.option("--user-data", is_flag=True, help="Take the user data too; it may hold secrets.")
@click.option(
    "--credentials", is_flag=True, help="Take the credentials too, as they are: keep the file safe."
)
def command(endpoint: str | None, user_data: bool, credentials: bool) -> int:
    """Walk a metadata service, with a token or without, and print a configuration.

    Served, it gives the same tree: what no key can say stands leaf by leaf under `metadata`. What
    cannot be said at all is told on standard error. Nothing but the endpoint is asked.

    \b
    Example:
      imds-sim capture > instance.yaml
      imds-sim capture --endpoint http://127.0.0.1:1338 --user-data > instance.yaml
    """
    from imds_sim.cli.capturing.capture import capture
    from imds_sim.cli.capturing.configuration import Wanted
    from imds_sim.cli.capturing.endpoint import STANDARD, Endpoint
    from imds_sim.cli.capturing.progress import told
    from imds_sim.config.write import write_yaml

    service = Endpoint(STANDARD if endpoint is None else endpoint)
    with told(f"Reading {service.url}") as read:
        made = capture(service, read, Wanted(user_data=user_data, credentials=credentials))
    for path in made.missing:
        tell(f"note: {path}: no key can say it; it is left out")
    click.echo(f"# Captured from {service.url}, IMDS{'v2' if service.is_v2 else 'v1'}.")
    click.echo(write_yaml(made.document), nl=False)
    return 0
