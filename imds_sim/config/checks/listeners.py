"""Addresses: none twice, none open to others unasked, no instance out of reach unnoticed."""

from collections.abc import Iterator
from ipaddress import ip_address

from imds_sim.config.findings import Finding, KeyPath, dotted
from imds_sim.config.schema.configuration import Configuration
from imds_sim.kernel.address import Address, TcpAddress

_EVERYWHERE = {"0.0.0.0": 4, "::": 6}
_SURFACES = {
    "imds": "imds",
    "sts": "sts",
    "ecs": "ecs",
    "eks": "eks",
    "eks_probes": "eks_probes",
    "lambda": "aws_lambda",
    "generic": "generic",
    "admin": "admin",
}


def check_listeners(configuration: Configuration) -> Iterator[Finding]:
    """Addresses that clash or are public, and instances that nobody reaches."""
    placed = list(_addresses(configuration))
    yield from _clashes(placed)
    for path, address in placed:
        if isinstance(address, TcpAddress) and address.is_public:
            yield _public(path, address, allowed=configuration.allow_public_bind)
    yield from _unguarded(configuration)
    yield from _out_of_reach(configuration)
    if configuration.endpoints and not configuration.listen.generic:
        message = "cannot be reached: listen.generic is off; give it an address"
        yield Finding(("endpoints",), message, (("listen", "generic"),), warns=True)
    yield from _locked_out(configuration, placed)


def _addresses(configuration: Configuration) -> Iterator[tuple[KeyPath, Address]]:
    for key, field in _SURFACES.items():
        for index, address in enumerate(getattr(configuration.listen, field)):
            if address != "auto":
                yield ("listen", key, index), address
    for name, instance in configuration.instances.items():
        for index, address in enumerate(instance.listen):
            yield ("instances", name, "listen", index), address
    for index, address in enumerate(configuration.probes):
        yield ("probes", index), address


def _clashes(placed: list[tuple[KeyPath, Address]]) -> Iterator[Finding]:
    first: dict[Address, KeyPath] = {}
    for path, address in placed:
        if isinstance(address, TcpAddress) and address.port == 0:
            continue  # any free port
        holder = first.setdefault(address, path)
        if holder is not path:
            yield Finding(
                path, f"{address} is given at {dotted(holder)} already", rests_on=(holder[:-1],)
            )
    taken = {
        (_EVERYWHERE[address.host], address.port): (path, address)
        for address, path in first.items()
        if isinstance(address, TcpAddress) and address.host in _EVERYWHERE
    }
    for address, path in first.items():
        if isinstance(address, TcpAddress) and address.host not in _EVERYWHERE:
            found = taken.get((6 if ":" in address.host else 4, address.port))
            if found is not None:
                holder, everywhere = found
                yield Finding(
                    path,
                    f"{address} is part of {everywhere}, given at {dotted(holder)}",
                    rests_on=(holder[:-1],),
                )


def _public(path: KeyPath, address: TcpAddress, *, allowed: bool) -> Finding:
    if allowed:
        return Finding(path, f"{address} can be reached from other machines", warns=True)
    return Finding(
        path,
        f"{address} could be reached from other machines; bind loopback or link-local, or set "
        "allow_public_bind: true",
        rests_on=(("allow_public_bind",),),
    )


def _unguarded(configuration: Configuration) -> Iterator[Finding]:
    if configuration.admin_token_file is not None:
        return
    for index, address in enumerate(configuration.listen.admin):
        if isinstance(address, TcpAddress):
            message = f"{address}: a control surface on TCP needs admin_token_file"
            yield Finding(("listen", "admin", index), message, (("admin_token_file",),))


def _out_of_reach(configuration: Configuration) -> Iterator[Finding]:
    default: str | None = None
    for name, instance in configuration.instances.items():
        path: KeyPath = ("instances", name)
        if instance.listen:
            continue
        rests_on = ((*path, "listen"), (*path, "clients"), ("listen", "imds"))
        if not configuration.listen.imds:
            message = "cannot be reached: listen.imds is off; give it a listen of its own"
            yield Finding(path, message, rests_on, warns=True)
        elif not instance.clients and default is not None:
            message = (
                f"cannot be reached: {default} is the first instance with neither listen nor "
                "clients and answers everyone else; give this one listen or clients"
            )
            yield Finding(path, message, rests_on, warns=True)
        elif not instance.clients:
            default = name


def _locked_out(
    configuration: Configuration, placed: list[tuple[KeyPath, Address]]
) -> Iterator[Finding]:
    """A client on this machine comes from the very address that it connects to, if not loopback."""
    allowed = configuration.allow_clients
    hosts = {
        address.host: None
        for path, address in placed
        if isinstance(address, TcpAddress) and not address.is_public
        if path[:2] != ("listen", "admin") and path[0] != "probes"  # open to everybody
    }
    missing = [host for host in hosts if not any(ip_address(host) in prefix for prefix in allowed)]
    if allowed and missing:
        message = (
            f"clients of this machine come from {', '.join(missing)} and are refused; "
            "list that too if they are to connect"
        )
        yield Finding(("allow_clients",), message, (("listen",), ("instances",)), warns=True)
