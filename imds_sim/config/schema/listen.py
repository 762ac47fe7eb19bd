"""Where the surfaces listen, and which clients mean which instance."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import shown, text_of
from imds_sim.kernel.address import (
    Address,
    AddressMalformed,
    TcpAddress,
    UnixAddress,
    parse_address,
)

_MAPPED = IPv6Network("::ffff:0:0/96")
# A path in sockaddr_un has 108 bytes, 104 on macOS, with the final zero.
MAX_SOCKET_PATH = 103


def _address(value: object) -> Address:
    text = text_of(value)
    try:
        address = parse_address(text)
    except AddressMalformed as error:
        raise ValueError(str(error)) from None
    if isinstance(address, UnixAddress) and len(address.path.encode()) > MAX_SOCKET_PATH:
        raise ValueError(f"the path of a unix socket has at most {MAX_SOCKET_PATH} bytes")
    return address


def _admin_address(value: object) -> Address | Literal["auto"]:
    if value == "auto":
        return "auto"
    address = _address(value)
    if isinstance(address, TcpAddress) and not ip_address(address.host).is_loopback:
        raise ValueError(f"{address}: the control surface listens on loopback alone")
    return address


def _prefix(value: object) -> IPv4Network | IPv6Network:
    text = text_of(value)
    try:
        network = ip_network(text)
    except ValueError:
        raise ValueError(_why_no_prefix(text)) from None
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        raise ValueError(f"{shown(text)}: clients of IPv4 are known by their IPv4 addresses")
    return network


def _why_no_prefix(text: str) -> str:
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        allowed = "write an IP address or a prefix like 172.30.1.0/24"
        return f"{shown(text)} is not a prefix; {allowed}"
    return f"{shown(text)} is an address inside a prefix; write {meant}"


_TEXT = WithJsonSchema({"type": "string"})
_ADDRESS_PATTERN = r"^((\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]{1,5}|unix:/.+|fd:.+)$"
_ADDRESS_SCHEMA = WithJsonSchema({"type": "string", "pattern": _ADDRESS_PATTERN})
ListenAddress = Annotated[Address, PlainValidator(_address), _ADDRESS_SCHEMA]
AdminAddress = Annotated[
    Address | Literal["auto"],
    PlainValidator(_admin_address),
    WithJsonSchema({"type": "string", "pattern": f"^auto$|{_ADDRESS_PATTERN}"}),
]
ClientPrefix = Annotated[IPv4Network | IPv6Network, PlainValidator(_prefix), _TEXT]
ListenAddresses = Annotated[tuple[ListenAddress, ...], Field(strict=False)]
AdminAddresses = Annotated[tuple[AdminAddress, ...], Field(strict=False)]
ClientPrefixes = Annotated[tuple[ClientPrefix, ...], Field(strict=False)]


class ListenSection(Section):
    """The addresses of the surfaces: `host:port`, `[v6]:port`, `unix:PATH` or `fd:NAME`."""

    imds: ListenAddresses = Field(
        (parse_address("127.0.0.1:1338"),),
        description="EC2 metadata service, shared by the instances without a listen of their own. "
        "[] turns it off. Default: 127.0.0.1:1338.",
    )
    sts: ListenAddresses = Field(
        (parse_address("127.0.0.1:1339"),),
        description="STS. [] turns it off. Default: 127.0.0.1:1339.",
    )
    ecs: ListenAddresses = Field(
        (parse_address("127.0.0.1:1340"),),
        description="Credentials of ECS tasks. [] turns it off. Default: 127.0.0.1:1340.",
    )
    eks: ListenAddresses = Field(
        (parse_address("127.0.0.1:1341"),),
        description="Credentials of pods of EKS clusters. [] turns it off. "
        "Default: 127.0.0.1:1341.",
    )
    eks_probes: ListenAddresses = Field(
        (),
        description="Probes and metrics of the EKS agent, e.g. 127.0.0.1:2703 and "
        "127.0.0.1:2705: /healthz, /readyz, /metrics. Default: [], off.",
    )
    aws_lambda: ListenAddresses = Field(
        (parse_address("127.0.0.1:1342"),),
        alias="lambda",
        description="SnapStart credentials and metadata of Lambda functions. [] turns it off. "
        "Default: 127.0.0.1:1342.",
    )
    generic: ListenAddresses = Field(
        (), description="Full-URI paths of endpoints. Default: [], off."
    )
    admin: AdminAddresses = Field(
        ("auto",),
        description="Control surface: auto (admin.sock in $RUNTIME_DIRECTORY, /run/imds-sim for "
        "root, $XDG_RUNTIME_DIR/imds-sim, else /tmp/imds-sim-UID), unix:PATH, or a loopback "
        "address and port, which needs admin_token_file. [] turns it off. Default: auto.",
    )
