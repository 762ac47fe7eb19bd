"""imds-sim(8): every command with its help, as `--help` prints it."""

from collections.abc import Iterator

import click

from imds_sim.cli.manual.roff import escaped, heading, verbatim

WIDTH = 78


def page(program: click.Command) -> str:
    """The page about `program` and all commands below it."""
    ctx = click.Context(program, info_name="imds-sim", max_content_width=WIDTH)
    parts = [
        heading("imds-sim", "8", "simulates the credentials experience of AWS compute"),
        ".SH SYNOPSIS\n.B imds\\-sim\n.I COMMAND\n[ARGUMENT ...]\n",
        f".SH DESCRIPTION\n{verbatim(program.get_help(ctx))}",
        ".SH COMMANDS\n",
    ]
    for name, text in _helps(program, ctx):
        parts.append(f".SS {escaped(name)}\n{verbatim(text)}")
    parts.append(".SH SEE ALSO\n.BR imds\\-sim.yaml (5)\n")
    return "".join(parts)


def _helps(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, str]]:
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(ctx):
        found = command.get_command(ctx, name)
        if found is not None:
            inner = click.Context(found, parent=ctx, info_name=name, max_content_width=WIDTH)
            yield inner.command_path, found.get_help(inner)
            yield from _helps(found, inner)
