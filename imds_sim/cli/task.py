"""`imds-sim task`: ECS tasks that come and go while the daemon runs."""

import click

from imds_sim.cli.at_run_time import format_option, start_workload, stop_workload
from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import admin_option


@click.group("task", short_help="Start and stop ECS tasks at run time.")
def command() -> None:
    """Start and stop ECS tasks of the running daemon; 1,000 at most beside those of the file.

    They are there until they are stopped, until `reset` or a restart. A reload keeps them.

    \b
    Example:
      eval "$(imds-sim task start job-7 --role worker)"
      imds-sim task stop job-7
    """


@command.command("start", short_help="Start a task and print its environment.")
@click.argument("name", metavar="NAME")
@click.option("--role", metavar="ROLE", help="The task role; none without.")
@click.option("--execution-role", metavar="ROLE", help="The execution role.")
@click.option("--cluster", metavar="NAME", help="Name of the cluster.  [default: default]")
@click.option("--family", metavar="NAME", help="Family of the task definition.")
@click.option("--service", metavar="NAME", help="The ECS service that runs it.")
@click.option(
    "--launch-type",
    type=click.Choice(["EC2", "FARGATE", "EXTERNAL"]),
    help="On what it runs.  [default: EC2]",
)
@click.option(
    "--container",
    "containers",
    multiple=True,
    metavar="NAME",
    help="A container. Repeatable.  [default: one, named like the family]",
)
@click.option("--lifetime", metavar="DURATION", help="Lifetime of its credentials.  [default: 6h]")
@format_option
@admin_option
def start(
    name: str,
    role: str | None,
    containers: tuple[str, ...],
    form: str,
    admin: str | None,
    **keys: str | None,
) -> None:
    """Start the task NAME and print its environment.

    A task of the same name has the same ids again. Its role must trust ecs-tasks.amazonaws.com;
    one without `trust` trusts the services of the workloads in the file.

    \b
    Example:
      imds-sim task start job-7 --role worker --format docker > job-7.env
    """
    wanted: dict[str, object] = {"name": name, "role": role}
    wanted |= {key: value for key, value in keys.items() if value is not None}
    if containers:
        wanted["containers"] = {each: {} for each in containers}
    start_workload("tasks", wanted, form, admin)


@command.command("stop", short_help="Stop a task.")
@click.argument("name", metavar="NAME", shell_complete=workloads("task"))
@admin_option
def stop(name: str, admin: str | None) -> None:
    """Stop the task NAME: its credentials path is unknown from now on.

    What it was given stays valid to its own end, as on ECS.

    \b
    Example:
      imds-sim task stop job-7
    """
    stop_workload("tasks", name, admin)
