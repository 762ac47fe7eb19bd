"""`imds-sim env`: the environment that makes a program a workload."""

import os

import click

from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import admin_option, running
from imds_sim.simulator.environment_block import Environment, Format


@click.command("env", short_help="Print the environment of a workload or user.")
@click.option(
    "--as",
    "workload",
    metavar="WORKLOAD|user/NAME",
    shell_complete=workloads(),
    help="Whom to be. Default: the first instance, else task, pod, function, endpoint.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Format]),
    default=Format.SHELL.value,
    help="shell: export and unset lines; dotenv; json: one flat object; docker: an --env-file.",
    show_default=True,
)
@click.option(
    "--trailing-slash",
    is_flag=True,
    help="End the IMDS endpoint in a slash, which AWS CLI 2.9 needs and some SDKs cannot take.",
)
@click.option(
    "--token-file",
    type=click.Choice(["newline", "crlf", "missing"]),
    help="Lead to a token file that ends in a line feed or in CR LF, or that is not there: for "
    "pods, endpoints and functions with SnapStart.",
)
@admin_option
def command(
    workload: str | None,
    form: str,
    trailing_slash: bool,
    token_file: str | None,
    admin: str | None,
) -> None:
    """Print the environment of a workload or user of the running daemon.

    It holds credentials for a user and for a function without SnapStart. The file of --token-file
    has the token as it is now, and stays in a folder that is yours alone.

    \b
    Example:
      eval "$(imds-sim env --as web-1)"
      imds-sim env --as user/alice --format docker > alice.env
      eval "$(imds-sim env --as orders-1 --token-file newline)"
    """
    document = running(admin).call("GET", "/v1/environment", {"as": workload})
    environment = read_environment(document)
    if trailing_slash:
        environment = environment.with_final_slash()
    if token_file is not None:
        environment = _with_token_file(environment, token_file, workload)
    click.echo(environment.text(Format(form)), nl=False)


def _with_token_file(environment: Environment, how: str, workload: str | None) -> Environment:
    from pathlib import Path

    from imds_sim.admin.paths import own_folder
    from imds_sim.cli.token_file import TokenFile, placed

    folder = Path(own_folder(os.environ, os.geteuid()))
    whose = workload or "the default workload"
    variables = placed(environment.set, TokenFile(how), folder, whose)
    return Environment(variables, tuple(n for n in environment.unset if n not in variables))


def read_environment(document: dict[str, object]) -> Environment:
    """The environment in the answer of the daemon. Raises DaemonNotUnderstood."""
    variables, unset = document.get("set"), document.get("unset")
    if not isinstance(variables, dict) or not isinstance(unset, list):
        from imds_sim.admin.errors import DaemonNotUnderstood

        raise DaemonNotUnderstood("the daemon answered without an environment")
    return Environment({str(n): str(v) for n, v in variables.items()}, tuple(map(str, unset)))
