"""A task that is started while the daemon runs: a section of the file in a world that is."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from imds_sim.config.build_tasks import TaskBuilder
from imds_sim.config.findings import dotted
from imds_sim.config.network import Network
from imds_sim.config.schema.names import WORKLOAD_NAME
from imds_sim.config.schema.tasks import TaskSection
from imds_sim.config.wording import findings_in
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.task import Task


class TaskInvalid(SimError):
    """A task that the file could not have either; the message names every key that is wrong."""


def task_at_run_time(
    name: str, given: Mapping[str, object], world: World, ids: Identifiers, started_at: datetime
) -> Task:
    """Build a task of `given`, the keys of a task in the file. Raises TaskInvalid.

    Ids follow from the name, so a task that is started again has those that it had.
    """
    if WORKLOAD_NAME.fullmatch(name) is None:
        raise TaskInvalid(f"{name!r} is not a name: 1 to 64 letters, digits and _.-")
    try:
        section = TaskSection.model_validate(dict(given))
    except ValidationError as error:
        found = findings_in(error.errors(), TaskSection)
        told = [f"{dotted(each.path)}: {each.message}" for each in found]
        raise TaskInvalid("; ".join(told)) from None
    roles = {
        role.name: AttachedRole(role.name, role.arn)
        for role in world.directory.roles.values()
        if role.account == world.account
    }
    wanted = {"role": section.role, "execution_role": section.execution_role}
    for key, role in wanted.items():
        if role is not None and role not in roles:
            there = ", ".join(list(roles)[:10]) or "none"
            raise TaskInvalid(
                f"{key}: no role {role!r} in account {world.account}; there are {there}"
            )
    on = section.instance
    if on is not None and not isinstance(world.resolver.workloads.get(on), Instance):
        raise TaskInvalid(f"instance: no instance {on!r}")
    if section.launch_type == "FARGATE" and section.network_mode != "awsvpc":
        raise TaskInvalid("network_mode: must be awsvpc with launch_type FARGATE")
    if section.availability_zone is not None and not section.availability_zone.startswith(
        world.region
    ):
        raise TaskInvalid(f"availability_zone: must be in {world.region}")
    network = Network(ids, world.account, world.region)
    taken = _addresses(world)
    if section.address is not None and str(section.address) in taken:
        raise TaskInvalid(f"address: {section.address} is taken")
    network.keep(taken)
    task = TaskBuilder((world.account, world.region), ids, roles, network, started_at).build(
        name, section
    )
    others = [each for each in world.resolver.workloads.values() if isinstance(each, Task)]
    known = {each for other in others for each in other.credentials_ids}
    if known & set(task.credentials_ids):
        raise TaskInvalid("credentials_id: another task has it")
    return task


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
