"""Whose requests a fault is for, as texts: what the Python API and the admin's are given."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from imds_sim.kernel.exchange import Surface


def surface_named(text: object) -> Surface:
    """Raises ValueError that says which there are."""
    if not isinstance(text, str) or text not in set(Surface):
        raise ValueError(f"surface must be one of {', '.join(Surface)}, not {text!r}")
    return Surface(text)


def clients_in(text: object) -> IPv4Network | IPv6Network:
    """An address is a prefix of one. Raises ValueError that says what is wanted."""
    wanted = f"client must be an IP address or a prefix like 172.30.1.0/24, not {text!r}"
    if not isinstance(text, str):  # a number would be taken for the address that it counts
        raise ValueError(wanted)
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(wanted) from None
