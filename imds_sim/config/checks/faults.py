"""Faults must be able to hit: on the surface and for the workload that they are wanted for."""

from collections.abc import Iterator
from itertools import islice

from imds_sim.config.checks.references import MAX_SEARCHED, workload_sections
from imds_sim.config.findings import Finding
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.section import nearest_of
from imds_sim.config.schema.text import shown
from imds_sim.faults.reach import why_not_for, why_not_on
from imds_sim.kernel.exchange import Surface
from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.task import Task
from imds_sim.workloads.workload import Workload

_KINDS: dict[str, type[Workload]] = {
    "instances": Instance,
    "tasks": Task,
    "pods": Pod,
    "functions": Function,
    "endpoints": Endpoint,
}


def check_faults(configuration: Configuration) -> Iterator[Finding]:
    """A fault is for a workload that is there, and can hit where it is wanted."""
    if not any(each.workload or each.surface for each in configuration.faults):
        return
    places = {str(path[-1]): str(path[0]) for path, _ in workload_sections(configuration)}
    for index, fault in enumerate(configuration.faults):
        path, name = ("faults", index), fault.workload
        surface = Surface(fault.surface) if fault.surface is not None else None
        if surface is not None and (why := why_not_on(fault.fault, surface)):
            yield Finding((*path, "surface"), why)
        elif name is None:
            continue
        elif name not in places:
            near = nearest_of(name, list(islice(places, MAX_SEARCHED)))
            hint = f"did you mean {near}?" if near else "workloads are instances, tasks, functions"
            yield Finding((*path, "as"), f"no workload {shown(name)}; {hint}")
        else:
            kind = _KINDS[places[name]]
            if why := why_not_for(fault.fault, f"{kind.kind} {name}", kind.surface, surface):
                yield Finding((*path, "as"), why, rests_on=((places[name], name),))
