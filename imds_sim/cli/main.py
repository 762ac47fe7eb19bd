"""The command `imds-sim`: which commands there are. Each is loaded when it is used."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from imds_sim.cli.ending import OutputClosed, status_of

COMMANDS = (
    "serve",
    "run",
    "report",
    "env",
    "whoami",
    "check",
    "schema",
    "decide",
    "why",
    "saml-assertion",
    "oidc-token",
    "get",
    "status",
    "task",
    "pod",
    "function",
    "wait",
    "health",
    "clients",
    "journal",
    "audit",
    "fault",
    "clock",
    "options",
    "event",
    "rotate",
    "restore",
    "reload",
    "reset",
    "certificates",
    "capture",
    "diff",
    "doctor",
    "addresses",
    "install-systemd",
    "uninstall-systemd",
    "completion",
    "man",
)


COMPLETION_VARIABLE = "_IMDS_SIM_COMPLETE"  # click derives it from the name of the program


class Commands(click.Group):
    """Loads a command from the file of its name; one rule for how every command ends."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"imds_sim.cli.{cmd_name.replace('-', '_')}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, n=1, cutoff=0.7)
            hint = f"did you mean {near[0]}?" if near else "imds-sim --help lists them"
            raise click.UsageError(f"No command is named {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise OutputClosed from error
        return result

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        if COMPLETION_VARIABLE in os.environ:
            import_module("imds_sim.cli.bash_words")

        def run() -> object:
            return super(Commands, self).main(
                args, prog_name, complete_var, standalone_mode=False, **extra
            )

        sys.exit(status_of(run))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="imds-sim", prog_name="imds-sim")
def imds_sim() -> None:
    """Simulate the credentials experience of AWS compute on this machine.

    \b
    Example:
      imds-sim run -- aws sts get-caller-identity
    """
