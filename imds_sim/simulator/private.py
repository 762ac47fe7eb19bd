"""The world of a private simulator: the file's workloads, on free loopback ports of their own."""

from dataclasses import replace

from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.listener import Listener
from imds_sim.workloads.resolve import Resolver

FREE_PORT = TcpAddress("127.0.0.1", 0)


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
