"""`imds-sim env`: the environment that makes a program a workload."""

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
@admin_option
def command(workload: str | None, form: str, trailing_slash: bool, admin: str | None) -> None:
    """Print the environment of a workload or user of the running daemon.

    It holds credentials for a user and for a function without SnapStart.

    \b
    Example:
      eval "$(imds-sim env --as web-1)"
      imds-sim env --as user/alice --format docker > alice.env
    """
    document = running(admin).call("GET", "/v1/environment", {"as": workload})
    environment = read_environment(document)
    if trailing_slash:
        environment = environment.with_final_slash()
    click.echo(environment.text(Format(form)), nl=False)


def read_environment(document: dict[str, object]) -> Environment:
    """The environment in the answer of the daemon. Raises DaemonNotUnderstood."""
    variables, unset = document.get("set"), document.get("unset")
    if not isinstance(variables, dict) or not isinstance(unset, list):
        from imds_sim.admin.errors import DaemonNotUnderstood

        raise DaemonNotUnderstood("the daemon answered without an environment")
    return Environment({str(n): str(v) for n, v in variables.items()}, tuple(map(str, unset)))
