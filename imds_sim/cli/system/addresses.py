"""The metadata addresses on the loopback interface: what is there, put there, taken away."""

import re
import subprocess
import sys
from ipaddress import IPv4Interface, IPv6Interface, ip_interface

from imds_sim.cli.system.errors import NotAllowed, NotOnThisMachine

Interface = IPv4Interface | IPv6Interface
METADATA = tuple(
    ip_interface(each)
    for each in (
        "169.254.169.254/32",
        "fd00:ec2::254/128",
        "169.254.170.2/32",
        "169.254.170.23/32",
        "fd00:ec2::23/128",
    )
)
_SHOWN = re.compile(r"^\s*inet6?\s+([0-9a-f.:]+)", re.MULTILINE)


def parse_interface(text: str) -> Interface:
    """A link-local or fd00:ec2:: address, whole: `169.254.169.254` or `169.254.169.254/32`.

    Raises ValueError, in words for the user: a longer network would capture its neighbours.
    """
    try:
        found = ip_interface(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an IP address") from None
    if found.network.num_addresses != 1:
        whole = f"{found.ip}/{found.ip.max_prefixlen}"
        raise ValueError(f"{text}: would capture its whole network; write {whole}")
    if not (found.ip.is_link_local or found in METADATA):
        allowed = ", ".join(str(each.ip) for each in METADATA)
        raise ValueError(f"{text} is no metadata address; there are {allowed}, and link-local ones")
    return found


def present() -> set[str]:
    """The addresses of the loopback interface. Raises NotOnThisMachine."""
    if sys.platform == "darwin":
        return set(_SHOWN.findall(_run("ifconfig", "lo0")))
    return set(_SHOWN.findall(_run("ip", "address", "show", "dev", "lo")))


def add(interface: Interface) -> None:
    """Put it there, once. Raises NotAllowed, NotOnThisMachine."""
    if sys.platform == "darwin":
        family = ("inet6",) if interface.version == 6 else ()
        _run("ifconfig", "lo0", *family, "alias", str(interface))
    else:
        _run("ip", "address", "replace", str(interface), "dev", "lo")


def delete(interface: Interface) -> None:
    """Take it away. Raises NotAllowed, NotOnThisMachine."""
    if sys.platform == "darwin":
        family = ("inet6",) if interface.version == 6 else ()
        _run("ifconfig", "lo0", *family, "-alias", str(interface.ip))
    else:
        _run("ip", "address", "del", str(interface), "dev", "lo")


def _run(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    except FileNotFoundError:
        raise NotOnThisMachine(f"{argv[0]} is not installed (package iproute2)") from None
    if done.returncode:
        told = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        line = f"{' '.join(argv)}: {told[0]}"
        if "not permitted" in line.lower() or "permission denied" in line.lower():
            raise NotAllowed(f"{line}; run it with sudo")
        raise NotOnThisMachine(line)
    return done.stdout
