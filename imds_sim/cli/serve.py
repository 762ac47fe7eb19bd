"""`imds-sim serve`: the daemon in the foreground."""

import click

from imds_sim.cli.completing import FILE


@click.command("serve")
@click.option(
    "--config", metavar="FILE", type=FILE, help="Configuration. Default: an instance web-1."
)
@click.option(
    "--ready-file",
    metavar="PATH",
    type=FILE,
    help="Write the endpoints to PATH as JSON once all is bound and minted.",
)
@click.option(
    "--last-good",
    is_flag=True,
    help="Where the file is wrong, start with the last one that was good, kept in state_dir.",
)
def command(config: str | None, ready_file: str | None, last_good: bool) -> int:
    """Run the daemon in the foreground.

    SIGTERM and SIGINT end it after open requests, a second one at once with status 128+N; SIGHUP
    reads the file again; SIGUSR1 writes a line on how it is to the log, SIGQUIT the stacks of all
    threads.

    \b
    Example:
      imds-sim serve --config sim.yaml
    """
    from imds_sim.server.daemon import serve

    return serve(config, ready_file, last_good)
