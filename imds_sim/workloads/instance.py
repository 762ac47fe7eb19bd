"""An EC2 instance: everything that its metadata shows, as one consistent value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import ClassVar

from imds_sim.kernel.address import Address
from imds_sim.workloads.role import AttachedRole


class Family(StrEnum):
    """Which of the two back ends of IMDS answers; they differ in bytes."""

    NITRO = "nitro"


@dataclass(frozen=True, slots=True)
class MetadataOptions:
    """The metadata options of an instance (EC2 API, ModifyInstanceMetadataOptions)."""

    http_endpoint_enabled: bool = True
    http_tokens_required: bool = True
    instance_tags_enabled: bool = False


@dataclass(frozen=True, slots=True)
class InstanceProfile:
    """The instance profile attached to an instance, and the role inside it."""

    arn: str
    id: str
    role: AttachedRole


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """An elastic network interface with the subnet and VPC that it is in.

    Each of `public_ipv4s` stands for the private address at its place: the primary, the secondary
    ones in their order.
    """

    id: str
    mac: str
    device_number: int
    private_ipv4: str
    private_hostname: str
    subnet_id: str
    subnet_ipv4_cidr: str
    vpc_id: str
    vpc_ipv4_cidr: str
    security_groups: Mapping[str, str]  # name → id
    secondary_ipv4s: tuple[str, ...] = ()
    public_ipv4s: tuple[str, ...] = ()
    public_hostname: str | None = None
    ipv6s: tuple[str, ...] = ()
    subnet_ipv6_cidr: str | None = None
    vpc_ipv6_cidr: str | None = None
    ipv4_prefixes: tuple[str, ...] = ()
    ipv6_prefixes: tuple[str, ...] = ()

    @property
    def private_ipv4s(self) -> tuple[str, ...]:
        """The primary address and the secondary ones."""
        return (self.private_ipv4, *self.secondary_ipv4s)


@dataclass(frozen=True, slots=True)
class Placement:
    """The placement group and the dedicated host that an instance runs in, if any."""

    group_name: str | None = None
    host_id: str | None = None
    partition_number: int | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance. `interfaces` is never empty; the first is eth0.

    `launched_at` is the last time in the state pending. `public_keys` maps key pair names to
    OpenSSH lines without line feed. `user_data` is raw, at most 16 KiB. While the metadata options
    enable `tags`, their keys can be names in a path. `metadata` are leaves of the tree that have
    another value, or None for none at all; by path from the version down, none below another.
    """

    kind: ClassVar[str] = "instance"
    service: ClassVar[str] = "ec2.amazonaws.com"

    name: str
    id: str
    partition: str
    dns_suffix: str
    account: str
    region: str
    availability_zone: str
    availability_zone_id: str
    image_id: str
    instance_type: str
    architecture: str
    reservation_id: str
    launched_at: datetime
    interfaces: tuple[NetworkInterface, ...]
    profile: InstanceProfile | None = None
    options: MetadataOptions = MetadataOptions()
    family: Family = Family.NITRO
    placement: Placement = Placement()
    tags: Mapping[str, str] = field(default_factory=dict)
    user_data: bytes | None = None
    public_keys: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str | None] = field(default_factory=dict)
    extended_credentials: bool = True
    lifetime: timedelta = timedelta(hours=6, minutes=35)
    listen: tuple[Address, ...] = ()
    clients: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def role(self) -> AttachedRole | None:
        """The role inside the instance profile, or None without a profile."""
        return self.profile.role if self.profile else None

    @property
    def role_session_name(self) -> str:
        """EC2 names the session after the instance."""
        return self.id

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:ec2:{self.region}:{self.account}:instance/{self.id}"
