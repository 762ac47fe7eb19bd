"""`imds-sim function`: Lambda functions that come and go while the daemon runs."""

import click

from imds_sim.cli.at_run_time import format_option, given, start_workload, stop_workload
from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import admin_option


@click.group("function", short_help="Start and stop Lambda functions at run time.")
def command() -> None:
    """Start and stop Lambda functions of the running daemon.

    They are there until they are stopped, until `reset` or a restart. A reload keeps them.

    \b
    Example:
      eval "$(imds-sim function start resize --role resizer)"
      imds-sim function stop resize
    """


@command.command("start", short_help="Start a function and print its environment.")
@click.argument("name", metavar="NAME")
@click.option("--role", required=True, metavar="ROLE", help="The execution role.")
@click.option("--snap-start", is_flag=True, help="Credentials by URI, as SnapStart hands them out.")
@click.option("--lifetime", metavar="DURATION", help="Lifetime of its credentials.  [default: 12h]")
@format_option
@admin_option
def start(
    name: str, role: str, snap_start: bool, lifetime: str | None, form: str, admin: str | None
) -> None:
    """Start the function NAME and print its environment, with its credentials or their token.

    Its role must trust lambda.amazonaws.com; one without `trust` trusts the services of the
    workloads in the file.

    \b
    Example:
      imds-sim function start resize --role resizer --format docker > resize.env
    """
    wanted = given(name=name, role=role, snap_start=snap_start, lifetime=lifetime)
    start_workload("functions", wanted, form, admin)


@command.command("stop", short_help="Stop a function.")
@click.argument("name", metavar="NAME", shell_complete=workloads("function"))
@admin_option
def stop(name: str, admin: str | None) -> None:
    """Stop the function NAME: its token is unknown from now on.

    \b
    Example:
      imds-sim function stop resize
    """
    stop_workload("functions", name, admin)
