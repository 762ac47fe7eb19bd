"""`imds-sim schema`: the JSON Schema of the configuration, for editors."""

import json

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the configuration.

    \b
    Example:
      imds-sim schema > imds-sim.schema.json
    and as the first line of a file, for editors with yaml-language-server:
      # yaml-language-server: $schema=imds-sim.schema.json
    """
    from imds_sim.config.json_schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
