"""`imds-sim check`: is this file a configuration?"""

import json
from typing import TYPE_CHECKING

import click

from imds_sim.cli.completing import FILE
from imds_sim.cli.listing import counted

if TYPE_CHECKING:
    from imds_sim.config.errors import Problem
    from imds_sim.config.schema.configuration import Configuration

# The keys that hold entries, each with what one of them is called, and two where no s makes it.
NOUNS: dict[str, tuple[str, ...]] = {
    "accounts": ("account",),
    "roles": ("role",),
    "users": ("user",),
    "managed_policies": ("managed policy", "managed policies"),
    "oidc_providers": ("OIDC provider",),
    "saml_providers": ("SAML provider",),
    "instances": ("instance",),
    "tasks": ("task",),
    "pods": ("pod",),
    "functions": ("function",),
    "endpoints": ("endpoint",),
    "alarms": ("alarm",),
    "faults": ("fault",),
}


@click.command("check", short_help="Check a configuration.")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one object with errors and warnings.")
def command(file: str, as_json: bool) -> int:
    """Check a configuration; exit 78 with every error, 66 if there is no such file.

    \b
    Example:
      imds-sim check sim.yaml
    """
    from imds_sim.config.errors import ConfigError
    from imds_sim.config.load import load_config

    try:
        configuration = load_config(file)
    except ConfigError as error:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "errors": _listed(error.errors), "warnings": []}))
        return error.exit_status
    if as_json:
        warnings = _listed(configuration.warnings)
        click.echo(json.dumps({"ok": True, "errors": [], "warnings": warnings}))
        return 0
    for warning in configuration.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"{file}: good: {_summary(configuration)}")
    return 0


def _listed(problems: "tuple[Problem, ...]") -> list[dict[str, object]]:
    return [
        {
            "source": each.source,
            "line": each.line,
            "column": each.column,
            "key": each.key,
            "message": each.message,
            "text": str(each),
        }
        for each in problems
    ]


def _summary(configuration: "Configuration") -> str:
    counts = (
        counted(len(getattr(configuration, key)), *noun)
        for key, noun in NOUNS.items()
        if getattr(configuration, key)
    )
    return ", ".join([*counts, *(["weather"] if configuration.weather else [])]) or "nothing in it"
