"""`imds-sim pod`: pods that come and go while the daemon runs."""

import click

from imds_sim.cli.at_run_time import format_option, given, start_workload, stop_workload
from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import admin_option


@click.group("pod", short_help="Start and stop EKS pods at run time.")
def command() -> None:
    """Start and stop pods of the running daemon, in clusters that have some in the file.

    They are there until they are stopped, until `reset` or a restart. A reload keeps them.

    \b
    Example:
      eval "$(imds-sim pod start cart-1 --role cart --cluster shop)"
      imds-sim pod stop cart-1
    """


@command.command("start", short_help="Start a pod and print its environment.")
@click.argument("name", metavar="NAME")
@click.option("--role", required=True, metavar="ROLE", help="The role of its association.")
@click.option("--target-role", metavar="ROLE", help="A further role, assumed with the first.")
@click.option("--cluster", metavar="NAME", help="Name of the cluster, as in the file.")
@click.option("--namespace", metavar="NAME", help="Namespace, as in the file.")
@click.option("--service-account", metavar="NAME", help="Service account, as in the file.")
@click.option("--irsa", is_flag=True, help="Hand the role over as IRSA does.")
@click.option("--lifetime", metavar="DURATION", help="Lifetime of its credentials.  [default: 6h]")
@format_option
@admin_option
def start(
    name: str, role: str, irsa: bool, form: str, admin: str | None, **keys: str | None
) -> None:
    """Start the pod NAME and print its environment; its token files are written at once.

    Its role must trust pods.eks.amazonaws.com; one without `trust` trusts the services of the
    workloads in the file.

    \b
    Example:
      imds-sim pod start cart-1 --role cart --cluster shop --format dotenv
    """
    wanted = given(name=name, role=role, irsa=irsa, **keys)
    start_workload("pods", wanted, form, admin)


@command.command("stop", short_help="Stop a pod.")
@click.argument("name", metavar="NAME", shell_complete=workloads("pod"))
@admin_option
def stop(name: str, admin: str | None) -> None:
    """Stop the pod NAME: its token files go, what it was given stays valid to its own end.

    \b
    Example:
      imds-sim pod stop cart-1
    """
    stop_workload("pods", name, admin)
