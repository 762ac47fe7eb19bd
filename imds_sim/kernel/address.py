"""Where a listener stands: `host:port`, `[v6]:port`, `unix:PATH` or `fd:NAME`."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address

from imds_sim.kernel.errors import SimError


class AddressMalformed(SimError):
    """Not an address that a listener can be bound to."""


LINK_LOCAL_V6 = (IPv6Address("fd00:ec2::254"), IPv6Address("fd00:ec2::23"))


@dataclass(frozen=True, slots=True, order=True)
class TcpAddress:
    """An IP address (never a name) and a port, 0 to 65535; 0 asks for a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """`http://host[:port]`, without final slash; port 80 is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}" if self.port == 80 else f"http://{host}:{self.port}"

    @property
    def is_public(self) -> bool:
        """Whether other machines could reach it: not loopback, link-local or fd00:ec2::."""
        address = ip_address(self.host)
        return not (address.is_loopback or address.is_link_local or address in LINK_LOCAL_V6)


@dataclass(frozen=True, slots=True, order=True)
class UnixAddress:
    """A unix socket in the file system."""

    path: str

    def __str__(self) -> str:
        return f"unix:{self.path}"

    @property
    def url(self) -> str:
        return f"unix:{self.path}"


@dataclass(frozen=True, slots=True, order=True)
class DescriptorAddress:
    """A socket that the service manager hands over under a name: FileDescriptorName= of systemd."""

    name: str

    def __str__(self) -> str:
        return f"fd:{self.name}"


BoundAddress = TcpAddress | UnixAddress
Address = BoundAddress | DescriptorAddress
_NAME = re.compile(r"[!-9;-~]{1,255}")  # sd_listen_fds_with_names(3): printable, no colon
_TCP = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<v4>[^:\[\]]*)):(?P<port>[0-9]{1,5})")


def parse_address(text: str) -> Address:
    """Read `127.0.0.1:1338`, `[::1]:1338`, `unix:/run/x.sock` or `fd:web`.

    Raises AddressMalformed.
    """
    if text.startswith("fd:"):
        name = text.removeprefix("fd:")
        if not _NAME.fullmatch(name):
            raise AddressMalformed(
                f"{text!r}: write fd:NAME, with a FileDescriptorName of 1 to 255 characters"
            )
        return DescriptorAddress(name)
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        if not path.startswith("/") or "\0" in path:
            raise AddressMalformed(
                f"{text!r}: a unix socket needs an absolute path, unix:/run/x.sock"
            )
        return UnixAddress(path)
    match = _TCP.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise AddressMalformed(
            f"{text!r} is not an address; write host:port, [v6]:port, unix:PATH or fd:NAME"
        )
    try:
        host = IPv6Address(match["v6"]) if match["v6"] is not None else IPv4Address(match["v4"])
    except AddressValueError:
        hint = "127.0.0.1" if match["v4"] == "localhost" else "an IP address, not a name"
        raise AddressMalformed(f"{text!r}: the host must be {hint}") from None
    return TcpAddress(str(host), int(match["port"]))
