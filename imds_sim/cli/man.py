"""`imds-sim man`: the manual pages, made of the help texts and the schema."""

import click


@click.command("man", short_help="The manual pages.")
@click.option(
    "--section", type=click.Choice(["8", "5"]), default="8", show_default=True,
    help="8: imds-sim(8), the commands. 5: imds-sim.yaml(5), the configuration.",
)  # fmt: skip
@click.pass_context
def command(ctx: click.Context, section: str) -> None:
    """Print a manual page, in the language of man(7).

    \b
    Example:
      imds-sim man --section 5 | man -l -
    """
    from imds_sim.cli.manual.pages import page

    click.echo(page(section, ctx.find_root().command), nl=False)
