"""`imds-sim uninstall-systemd`: the machine as it was."""

from pathlib import Path

import click

from imds_sim.cli.completing import folders


@click.command("uninstall-systemd", short_help="Remove the systemd units.")
@click.option(
    "--root", default="/", show_default=True, metavar="DIR", shell_complete=folders,
    help="Remove below DIR, without asking the systemd of this machine.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def command(root: str, dry_run: bool) -> None:
    """Stop the service, take its addresses away, remove its units; configuration and state stay.

    \b
    Example:
      sudo imds-sim uninstall-systemd
    """
    from imds_sim.cli.system.installation import uninstall

    uninstall(Path(root), click.echo, dry_run=dry_run)
