"""The world of a private simulator: the file's workloads, on free loopback ports of their own."""

from dataclasses import replace

from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.listener import Listener
from imds_sim.workloads.resolve import Resolver

FREE_PORT = TcpAddress("127.0.0.1", 0)
REAL = {
    Surface.IMDS: TcpAddress("169.254.169.254", 80),
    Surface.ECS: TcpAddress("169.254.170.2", 80),
    Surface.EKS: TcpAddress("169.254.170.23", 80),
}


def private_world(world: World) -> World:
    """`world` without its addresses: every surface and every instance gets a free loopback port.

    The shared metadata listener answers as the first instance, for the other kinds of workload.
    """
    workloads = [
        replace(each, listen=(), clients=()) if isinstance(each, Instance) else each
        for each in world.resolver.workloads.values()
    ]
    own = [
        Listener(Surface.IMDS, FREE_PORT, each.name)
        for each in workloads
        if isinstance(each, Instance)
    ]
    # Nobody asks a private simulator how the agent is, unless its file does.
    asked = {each.surface for each in world.listeners}
    needed = [each for each in Surface if each is not Surface.EKS_PROBES or each in asked]
    shared = [Listener(surface, FREE_PORT) for surface in needed]
    return replace(
        world, resolver=Resolver.of(workloads), listeners=(*shared, *own), allow_clients=()
    )


def at_real_addresses(world: World, workload: str | None) -> World:
    """A private world at the addresses of AWS; 169.254.169.254 is `workload`, if an instance."""
    instance = world.resolver.workloads.get(workload or "") or world.resolver.default_instance
    own = instance.name if isinstance(instance, Instance) else None
    real = [
        Listener(surface, address, own if surface is Surface.IMDS else None)
        for surface, address in REAL.items()
    ]
    kept = [
        each
        for each in world.listeners
        if each.surface not in REAL or (each.instance is not None and each.instance != own)
    ]
    return replace(world, listeners=(*real, *kept))
