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
    help="A socket unit for this surface; repeatable, not with --capability. Default: all.",
)  # fmt: skip
@click.option(
    "--address", "addresses", multiple=True, metavar="ADDRESS",
    help="Put this address on loopback at boot; repeatable, `none` for none. Default: all five.",
)  # fmt: skip
@click.option("--config", default=CONFIG, show_default=True, help="Configuration of the service.")
@click.option("--program", help="Path of the command in the units. Default: this installation's.")
@click.option(
    "--root", default="/", show_default=True, metavar="DIR", shell_complete=folders,
    help="Install below DIR, an image say: what its systemd starts when it boots. Here nothing "
    "starts.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
@click.pass_context
def command(
    ctx: click.Context,
    form: str,
    surfaces: tuple[str, ...],
    addresses: tuple[str, ...],
    config: str,
    program: str | None,
    root: str,
    dry_run: bool,
) -> None:
    """Install, enable and start the service, its sockets, the addresses and the manual pages.

    What an older installation has and this one has not goes away.

    \b
    Example:
      sudo imds-sim install-systemd --dry-run
    """
    from imds_sim.cli.manual.pages import FILES, page
    from imds_sim.cli.system.addresses import METADATA
    from imds_sim.cli.system.cloud import cloud_here
    from imds_sim.cli.system.doing import Doing
    from imds_sim.cli.system.errors import NotOnThisMachine
    from imds_sim.cli.system.installation import install
    from imds_sim.cli.system.service_manager import ServiceManager
    from imds_sim.cli.system.units import Plan

    if surfaces and form == "capability":
        raise click.UsageError(
            "--surface chooses socket units, and --capability has none: leave one of them out; "
            "the configuration says under listen where the daemon listens"
        )
    below = Path(root).resolve()
    here = below == Path("/")
    wanted = _interfaces(addresses) if addresses else list(map(str, METADATA))
    if wanted and here and (cloud := cloud_here()):
        raise NotOnThisMachine(
            f"this is a VM of {cloud}: the addresses would hide its own metadata; "
            "install with --address none"
        )
    doing = Doing(click.echo, dry_run)
    manager = ServiceManager(below, doing, here=here)
    plan = Plan(
        program=_program(program, here),
        config=_path(config, "--config", here),
        sockets=form == "socket",
        surfaces=tuple(dict.fromkeys(surfaces)) or tuple(SOCKETS),
        addresses=wanted,
        version=manager.version(),
        pages={file: page(each, ctx.find_root().command) for each, file in FILES.items()},
    )
    install(plan, below, doing, manager)


def _interfaces(addresses: tuple[str, ...]) -> list[str]:
    from imds_sim.cli.system.addresses import parse_interface

    try:
        parsed = [str(parse_interface(each)) for each in addresses if each != "none"]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--address") from None
    return list(dict.fromkeys(parsed))


def _program(given: str | None, here: bool) -> str:
    """The command that the units start. Raises NotOnThisMachine where that is this one, unseen."""
    from imds_sim.cli.system.paths import Program

    running = Program.running()
    if not given or running.is_at(given):
        running.check()
    path = _path(given or str(running.command), "--program", here)
    if here and not Path(path).is_file():
        raise click.BadParameter(f"{path} is not there", param_hint="--program")
    return path


def _path(text: str, option: str, here: bool) -> str:
    from imds_sim.cli.system.paths import parse_path

    try:
        return parse_path(text, here=here)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
