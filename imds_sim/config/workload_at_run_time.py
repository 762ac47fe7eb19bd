"""A task, pod or function started while the daemon runs: its own file, in a world that is."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Address
from typing import Literal

from imds_sim.config.build_workloads import WorkloadBuilder
from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.findings import dotted
from imds_sim.config.load import parse_config
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.task import Task
from imds_sim.workloads.workload import Workload

Kind = Literal["tasks", "pods", "functions"]


class WorkloadInvalid(SimError):
    """What the file could not have either; the message names every key that is wrong."""


def workload_at_run_time(
    kind: Kind,
    name: str,
    given: Mapping[str, object],
    world: World,
    ids: Identifiers,
    started_at: datetime,
) -> Workload:
    """Build a task, pod or function of `given`, its keys in the file. Raises WorkloadInvalid.

    Ids and tokens follow from the name, so one that is started again has those that it had. A pod
    needs a cluster that the file has pods in: the cluster's issuer is part of the world.
    """
    roles = world.directory.roles.values()
    text: dict[str, object] = {
        "account": world.account,
        "region": world.region,
        "roles": {role.name: {"account": role.account} for role in roles},
        "instances": _host(given, world) if kind == "tasks" else {},
        kind: {name: dict(given)},
    }
    try:
        configuration = parse_config(text)
    except ConfigInvalid as error:
        before = dotted((kind, name))
        keys = [each.key.removeprefix(before).removeprefix(".") for each in error.errors]
        told = [each.message for each in error.errors]
        raise WorkloadInvalid(
            "; ".join(f"{k}: {m}" if k else m for k, m in zip(keys, told, strict=True))
        ) from None
    arns = {role.name: role.arn for role in roles}
    taken = _addresses(world) if kind == "tasks" else {}
    builder = WorkloadBuilder(configuration, ids, arns, started_at, taken)
    built = next(each for each in builder.workloads() if each.name == name)
    if isinstance(built, Pod):
        _check_cluster(built, world)
    if isinstance(built, Task):
        _check_task(built, configuration.tasks[name].address, world, taken)
    return built


def _host(given: Mapping[str, object], world: World) -> dict[str, object]:
    """The instance that a task names, if it is there, as far as the file must know it."""
    name = given.get("instance")
    on = world.resolver.workloads.get(name) if isinstance(name, str) else None
    return {on.name: {}} if isinstance(on, Instance) else {}


def _check_cluster(pod: Pod, world: World) -> None:
    if pod.cluster not in world.clusters:
        known = ", ".join(cluster.name for cluster in world.clusters) or "none"
        raise WorkloadInvalid(
            f"cluster: the file has no pods in {pod.cluster.name!r}; it has some in: {known}"
        )


def _check_task(
    task: Task, address: IPv4Address | None, world: World, taken: Mapping[str, str]
) -> None:
    """What the file's checks cannot see: the workloads that are there already."""
    if address is not None and str(address) in taken:
        raise WorkloadInvalid(f"address: {address} is taken")
    others = [each for each in world.resolver.workloads.values() if isinstance(each, Task)]
    known = {each for other in others for each in other.credentials_ids}
    if known & set(task.credentials_ids):
        raise WorkloadInvalid("credentials_id: another task has it")


def _addresses(world: World) -> dict[str, str]:
    """The address of every workload that has one, with its zone."""
    taken: dict[str, str] = {}
    for each in world.resolver.workloads.values():
        if isinstance(each, Instance):
            for interface in each.interfaces:
                taken |= dict.fromkeys(interface.private_ipv4s, each.availability_zone)
        elif isinstance(each, Task) and each.interface is not None:
            taken |= dict.fromkeys(each.interface.private_ipv4s, each.availability_zone)
    return taken
