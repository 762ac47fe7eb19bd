"""`imds-sim uninstall-systemd`: the machine as it was."""

from pathlib import Path

import click

from imds_sim.cli.completing import folders


@click.command("uninstall-systemd", short_help="Remove the systemd units.")
@click.option(
    "--root", default="/", show_default=True, metavar="DIR", shell_complete=folders,
    help="Remove below DIR, an image say; nothing that runs here is stopped.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def command(root: str, dry_run: bool) -> None:
    """Stop the service, take its addresses away, remove its units and pages.

    Configuration and state stay.

    \b
    Example:
      sudo imds-sim uninstall-systemd
    """
    from imds_sim.cli.system.doing import Doing
    from imds_sim.cli.system.installation import uninstall
    from imds_sim.cli.system.service_manager import ServiceManager

    below, doing = Path(root).resolve(), Doing(click.echo, dry_run)
    uninstall(below, doing, ServiceManager(below, doing, here=below == Path("/")))
