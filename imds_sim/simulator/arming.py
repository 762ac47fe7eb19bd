"""Arms a fault for whom it is wanted; one that could never hit there is refused."""

from ipaddress import IPv4Network, IPv6Network

from imds_sim.faults.armed import ArmedFault, ArmedFaults
from imds_sim.faults.errors import FaultInvalid
from imds_sim.faults.match import Scope
from imds_sim.faults.reach import listed, out_of_reach, surfaces_of, why_not_for, why_not_on
from imds_sim.iam.entities import User
from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.world import World
from imds_sim.workloads.workload import Workload


def arm(
    faults: ArmedFaults,
    world: World,
    fault: str,
    workload: str | None = None,
    surface: Surface | None = None,
    client: IPv4Network | IPv6Network | None = None,
) -> ArmedFault:
    """Arm a fault, for some requests alone if told. Raises FaultError, WorkloadUnknown."""
    from imds_sim.faults.grammar import parse  # until then nobody needs the catalogue

    scenario = parse(fault)
    why = None if surface is None else why_not_on(scenario, surface)
    if why is None and workload is not None:
        known = world.resolver.named(workload)
        why = why_not_for(scenario, _told(known), known.surface, surface)
    if why is not None:
        raise FaultInvalid(f"{fault!r}: {why}")
    return faults.add(scenario, Scope(workload, surface, client))


def check_met(fault: str, world: World, subject: Workload | User) -> None:
    """Raise FaultInvalid for a fault that no request of a program meets that runs as `subject`.

    Its environment leads it to the surface of its kind, to the metadata service, to which every
    client goes in the end, and to the STS.
    """
    from imds_sim.faults.grammar import parse

    whose = f"user {subject.name}" if isinstance(subject, User) else _told(subject)
    met = {Surface.IMDS, Surface.STS} | (set() if isinstance(subject, User) else {subject.surface})
    step = out_of_reach(parse(fault), met)
    if step is None:
        return
    at = surfaces_of(step)
    others = (each for each in world.resolver.workloads.values() if each.surface in at)
    cure = next((f"run it --as {each.name}, or " for each in others), "")
    raise FaultInvalid(
        f"{fault!r}: {step} hits on {listed(at)} only, and a command asks on {listed(met)} as "
        f"{whose}; {cure}put the fault under faults: in the file if it is for what COMMAND starts"
    )


def _told(workload: Workload) -> str:
    return f"{workload.kind} {workload.name}"
