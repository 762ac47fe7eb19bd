"""`imds-sim install-systemd`: the daemon as a service that is there after every boot."""

from pathlib import Path

import click

from imds_sim.cli.completing import folders
from imds_sim.cli.system.units import CONFIG, SOCKETS


@click.command("install-systemd", short_help="Install the systemd units.")
@click.option(
    "--socket", "form", flag_value="socket", default="socket",
    help="systemd holds the sockets: no capability, no refused connection. The default.",
)  # fmt: skip
@click.option(
    "--capability", "form", flag_value="capability",
    help="The daemon binds by itself, with CAP_NET_BIND_SERVICE.",
)  # fmt: skip
@click.option(
    "--surface", "surfaces", multiple=True, type=click.Choice(list(SOCKETS)),
    help="Socket units for this surface; repeatable. Default: all.",
)  # fmt: skip
@click.option(
    "--address", "addresses", multiple=True, metavar="ADDRESS",
    help="Put this address on loopback at boot; repeatable, `none` for none. Default: all five.",
)  # fmt: skip
@click.option("--config", default=CONFIG, show_default=True, help="Configuration of the service.")
@click.option("--program", help="Path of the command in the units. Default: this installation's.")
@click.option(
    "--root", default="/", show_default=True, metavar="DIR", shell_complete=folders,
    help="Install below DIR, an image say, without asking the systemd of this machine.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def command(
    form: str,
    surfaces: tuple[str, ...],
    addresses: tuple[str, ...],
    config: str,
    program: str | None,
    root: str,
    dry_run: bool,
) -> None:
    """Install, enable and start the service, its sockets and the addresses.

    \b
    Example:
      sudo imds-sim install-systemd --dry-run
    """
    from imds_sim.cli.system.addresses import METADATA, parse_interface
    from imds_sim.cli.system.cloud import cloud_here
    from imds_sim.cli.system.errors import NotOnThisMachine
    from imds_sim.cli.system.installation import install, systemd_version
    from imds_sim.cli.system.units import Plan, this_program

    try:
        wanted = [parse_interface(each) for each in addresses if each != "none"]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--address") from None
    if not addresses:
        wanted = list(METADATA)
    if wanted and root == "/" and (cloud := cloud_here()):
        raise NotOnThisMachine(
            f"this is a VM of {cloud}: the addresses would hide its own metadata; "
            "install with --address none"
        )
    plan = Plan(
        program=program or this_program(),
        config=config,
        sockets=form == "socket",
        surfaces=surfaces or tuple(SOCKETS),
        addresses=[str(each) for each in wanted],
        version=systemd_version(),
    )
    install(plan, Path(root), click.echo, dry_run=dry_run)
