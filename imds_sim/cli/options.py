"""`imds-sim options`: the metadata options and tags of an instance, shown and changed."""

from urllib.parse import quote

import click

from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.listing import mapping

_SWITCH = click.Choice(["enabled", "disabled"])


@click.command("options", short_help="Show or change an instance's metadata options and tags.")
@click.argument("instance", metavar="INSTANCE", shell_complete=workloads("instance"))
@click.option("--http-endpoint", type=_SWITCH, help="Whether the metadata service answers at all.")
@click.option(
    "--http-tokens",
    type=click.Choice(["required", "optional"]),
    help="required: IMDSv2 alone; optional: IMDSv1 too.",
)
@click.option(
    "--http-put-response-hop-limit",
    type=click.IntRange(1, 64),
    help="How many hops an answer with a token may travel.",
)
@click.option("--http-protocol-ipv6", type=_SWITCH, help="Whether it answers over IPv6 too.")
@click.option("--instance-metadata-tags", type=_SWITCH, help="Whether tags/instance/ is there.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag. Repeatable.")
@click.option("--untag", multiple=True, metavar="KEY", help="Remove a tag. Repeatable.")
@admin_option
def command(
    instance: str,
    tags: tuple[str, ...],
    untag: tuple[str, ...],
    admin: str | None,
    **options: str | int | None,
) -> None:
    """Show the metadata options and tags of INSTANCE, after changing those that are given.

    A change counts from the next request on, until `reset` or a restart, or until a reload brings
    another value for that very key.

    \b
    Example:
      imds-sim options web-1 --http-tokens optional --tag stage=test
    """
    place = f"/v1/instances/{quote(instance, safe='')}"
    daemon = running(admin)
    wanted_tags: dict[str, object] = {**dict(map(_tag, tags)), **dict.fromkeys(untag)}
    if wanted_tags:
        daemon.call("PATCH", f"{place}/tags", document=wanted_tags)
    wanted: dict[str, object] = {key: each for key, each in options.items() if each is not None}
    if wanted:
        shown = daemon.call("PATCH", f"{place}/metadata-options", document=wanted)
    else:
        shown = daemon.call("GET", f"{place}/metadata-options")
    for key, value in shown.items():
        click.echo(f"{key}: {value}")
    click.echo("tags:")
    for key, value in mapping(daemon.call("GET", f"{place}/tags").get("tags")).items():
        click.echo(f"  {key}: {value}")


def _tag(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not separator:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="--tag")
    return key, value
