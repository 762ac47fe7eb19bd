"""What `task`, `pod` and `function` have in common: start one, print its environment; stop it."""

from collections.abc import Mapping

import click

from imds_sim.cli.daemon import running
from imds_sim.cli.env import read_environment
from imds_sim.simulator.environment_block import Format

format_option = click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Format]),
    default=Format.SHELL.value,
    help="How the environment is printed, as `env` has it.",
    show_default=True,
)


def start_workload(kind: str, wanted: Mapping[str, object], form: str, admin: str | None) -> None:
    """Start one of `kind`, a key of the file, and print its environment."""
    document = running(admin).call("POST", f"/v1/{kind}", document=wanted)
    click.echo(read_environment(document).text(Format(form)), nl=False)


def stop_workload(kind: str, name: str, admin: str | None) -> None:
    """Stop the one of that name."""
    running(admin).call("DELETE", f"/v1/{kind}", {"as": name})
    click.echo(f"stopped {name}")


def given(**keys: object) -> dict[str, object]:
    """The keys that were given."""
    return {key: value for key, value in keys.items() if value not in (None, False)}
