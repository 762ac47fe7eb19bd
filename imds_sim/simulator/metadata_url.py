"""Where a client on this machine is answered as a given instance: by address alone, as on EC2."""

from urllib.parse import urlsplit

from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.simulator.endpoints import Endpoints, usable
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance


def url_of(world: World, endpoints: Endpoints, instance: Instance) -> str | None:
    """Where a client on this machine is answered as `instance`, if anywhere."""
    own = usable(endpoints.instances.get(instance.name, ()))
    if own:
        return own[0]
    for url in usable(endpoints.surfaces.get(Surface.IMDS, ())):
        answers = _who_answers(world, url)
        if answers is not None and answers.name == instance.name:
            return url
    return None


def _who_answers(world: World, url: str) -> Instance | None:
    """Whom the shared listener at `url` takes a client on this machine for."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    # The kernel gives a client the address that it connects to, except within 127.0.0.0/8.
    peer = "127.0.0.1" if host.startswith("127.") else host
    return world.resolver.instance(Connection(Surface.IMDS, None, peer, 0, host, port))


def cure(world: World, endpoints: Endpoints, instance: Instance) -> str:
    """Why `url_of` finds nothing, and what to change."""
    shared = usable(endpoints.surfaces.get(Surface.IMDS, ()))
    own = f'instances.{instance.name}.listen an address of its own, such as ["127.0.0.1:1343"]'
    if not shared:
        return f"instance {instance.name} is served nowhere: listen.imds is off; give {own}"
    answers = _who_answers(world, shared[0])
    other = f"as {answers.name}" if answers else "as no instance"
    if instance.clients:
        clients = ", ".join(str(network) for network in instance.clients)
        return (
            f"nobody on this machine can be instance {instance.name}: it answers its clients "
            f"({clients}) only, and {shared[0]} answers this machine {other}; ask from there, or "
            f"give {own}"
        )
    return (
        f"nobody can be instance {instance.name}: {shared[0]} answers this machine {other}; "
        f"give {own}"
    )
