"""A pod or function started while the daemon runs: a file of its own, in a world that is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from imds_sim.config.build_workloads import WorkloadBuilder
from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.load import parse_config
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.simulator.world import World
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.workload import Workload

Kind = Literal["pods", "functions"]


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
    """Build a pod or function of `given`, its keys in the file. Raises WorkloadInvalid.

    Ids and tokens follow from the name, so one that is started again has those that it had. A pod
    needs a cluster that the file has pods in: the cluster's issuer is part of the world.
    """
    roles = world.directory.roles.values()
    text: dict[str, object] = {
        "account": world.account,
        "region": world.region,
        "roles": {role.name: {"account": role.account} for role in roles},
        kind: {name: dict(given)},
    }
    try:
        configuration = parse_config(text)
    except ConfigInvalid as error:
        before = f"{kind}.{name}."
        told = [f"{p.key.removeprefix(before)}: {p.message}" for p in error.errors]
        raise WorkloadInvalid("; ".join(told)) from None
    arns = {role.name: role.arn for role in roles}
    [built] = WorkloadBuilder(configuration, ids, arns, started_at).workloads()
    if isinstance(built, Pod) and built.cluster not in world.clusters:
        known = ", ".join(cluster.name for cluster in world.clusters) or "none"
        raise WorkloadInvalid(
            f"cluster: the file has no pods in {built.cluster.name!r}; it has some in: {known}"
        )
    return built
