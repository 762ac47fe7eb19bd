"""The manual pages there are: by section, with the names of their files."""

import click

FILES = {"8": "imds-sim.8", "5": "imds-sim.yaml.5"}


def page(section: str, program: click.Command) -> str:
    """8: the commands of `program`. 5: the configuration."""
    if section == "8":
        from imds_sim.cli.manual.commands import page as page_of_commands

        return page_of_commands(program)
    from imds_sim.cli.manual.configuration import page as page_of_keys
    from imds_sim.config.json_schema import json_schema

    return page_of_keys(json_schema())
