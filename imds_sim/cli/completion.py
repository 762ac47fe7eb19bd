"""`imds-sim completion`: what a shell needs to complete our commands and options."""

import click
from click.shell_completion import get_completion_class

from imds_sim.cli.main import COMPLETION_VARIABLE


@click.command("completion", short_help="The completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options and what they take.

    Files, workloads of the running daemon, faults of the catalogue, and programs after `run --`.

    \b
    Example:
      imds-sim completion bash > ~/.local/share/bash-completion/completions/imds-sim
      imds-sim completion zsh > ~/.zfunc/_imds-sim     # a directory of $fpath
      imds-sim completion fish > ~/.config/fish/completions/imds-sim.fish
    """
    completion = get_completion_class(shell)
    assert completion is not None
    script = completion(ctx.find_root().command, {}, "imds-sim", COMPLETION_VARIABLE)
    # Not source(), which would run bash to judge its version.
    click.echo(script.source_template % script.source_vars())
