"""`imds-sim addresses`: the metadata addresses on this machine's loopback interface."""

import click

from imds_sim.cli.ending import NO, tell

_SHADOWS = "--i-know-this-shadows-real-metadata"


def _interface(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    from imds_sim.cli.system.addresses import METADATA, parse_interface

    try:
        return tuple(str(parse_interface(value)) for value in values) or tuple(map(str, METADATA))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_addresses = click.argument("addresses", nargs=-1, metavar="[ADDRESS]...", callback=_interface)


@click.group("addresses", short_help="Metadata addresses on the loopback interface.")
def command() -> None:
    """Put the metadata addresses on the loopback interface, or take them away.

    Without ADDRESS all five: 169.254.169.254, fd00:ec2::254, 169.254.170.2, 169.254.170.23 and
    fd00:ec2::23.

    \b
    Example:
      sudo imds-sim addresses add 169.254.169.254
    """


@command.command("add")
@_addresses
@click.option(_SHADOWS, "shadows", is_flag=True, help="Do it on a cloud VM all the same.")
def add(addresses: tuple[str, ...], shadows: bool) -> None:
    """Add addresses; one that is there stays. Refused on a cloud VM, whose metadata it would hide.

    \b
    Example:
      sudo imds-sim addresses add
    """
    from imds_sim.cli.system import addresses as system
    from imds_sim.cli.system.cloud import cloud_here
    from imds_sim.cli.system.errors import NotOnThisMachine

    cloud = cloud_here()
    if cloud is not None and not shadows:
        raise NotOnThisMachine(
            f"this is a VM of {cloud}: the address would hide its own metadata from everything on "
            f"it; use a network namespace or a container, or add {_SHADOWS}"
        )
    for each in addresses:
        system.add(system.parse_interface(each))
        click.echo(f"{each} on loopback")


@command.command("del")
@_addresses
def delete(addresses: tuple[str, ...]) -> None:
    """Take addresses away; one that is not there is passed over.

    \b
    Example:
      sudo imds-sim addresses del 169.254.169.254
    """
    from imds_sim.cli.system import addresses as system

    there = system.present()
    for each in map(system.parse_interface, addresses):
        if str(each.ip) in there:
            system.delete(each)
            click.echo(f"{each} gone")


@command.command("status")
@_addresses
def status(addresses: tuple[str, ...]) -> int:
    """Say which addresses are there; exit 1 if one is missing.

    \b
    Example:
      imds-sim addresses status 169.254.169.254
    """
    from imds_sim.cli.system import addresses as system

    there, missing = system.present(), False
    for each in map(system.parse_interface, addresses):
        here = str(each.ip) in there
        missing = missing or not here
        click.echo(f"{each} {'there' if here else 'missing'}")
    return NO if missing else 0


@command.command("check")
def check() -> int:
    """Exit 1 on a cloud VM, whose own metadata the addresses would hide.

    \b
    Example:
      imds-sim addresses check && sudo imds-sim addresses add
    """
    from imds_sim.cli.system.cloud import cloud_here

    cloud = cloud_here()
    if cloud is None:
        return 0
    tell(f"this is a VM of {cloud}; the addresses would hide its own metadata")
    return NO
