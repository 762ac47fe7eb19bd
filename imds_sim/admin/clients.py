"""Clients over the admin surface: who asks, how far away it is, and whether tokens reach it."""

from imds_sim.admin.backend import ServedCore
from imds_sim.journal.clients import Client
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance


def document(core: ServedCore) -> dict[str, object]:
    """Every client that is remembered, the one that asked last first. Times are the wall's."""
    return {
        "clients": [_client(address, client, core.world) for address, client in core.clients],
        "size": len(core.clients),
        "capacity": core.clients.capacity,
    }


def _client(address: str, client: Client, world: World) -> dict[str, object]:
    return {
        "client": address or None,  # a socket in the file system has no addresses
        "hops": client.connection.hops,
        "surfaces": sorted(client.surfaces),
        "workloads": list(client.workloads),
        "user_agent": client.user_agent,
        "first_seen": iso_seconds(client.first_seen),
        "last_seen": iso_seconds(client.last_seen),
        "requests": client.requests,
        "imdsv1_requests": client.imdsv1_requests,
        "tokens_lost": client.tokens_lost,
        "out_of_reach": _out_of_reach(client, world),
    }


def _out_of_reach(client: Client, world: World) -> list[dict[str, object]]:
    """The instances whose metadata tokens cannot reach the client, as their options are now."""
    needed = world.hop_limit.needed(client.connection)
    if needed is None or Surface.IMDS not in client.surfaces:
        return []
    found = [world.resolver.workloads.get(name) for name in client.workloads]
    return [
        {"instance": each.name, "hop_limit": limit, "needed": needed}
        for each in found
        if isinstance(each, Instance)
        and (limit := each.options.http_put_response_hop_limit) < needed
    ]
