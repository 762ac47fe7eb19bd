"""An EC2 instance: everything that its metadata shows, as one consistent value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import ClassVar

from imds_sim.kernel.address import Address
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.token_bucket import Rate
from imds_sim.workloads.events import NO_EVENTS, Events
from imds_sim.workloads.role import AttachedRole


class Family(StrEnum):
    """Which of the two back ends of IMDS answers; they differ in bytes."""

    NITRO = "nitro"
    XEN = "xen"


@dataclass(frozen=True, slots=True)
class MetadataOptions:
    """The metadata options of an instance (EC2 API, ModifyInstanceMetadataOptions)."""

    http_endpoint_enabled: bool = True
    http_tokens_required: bool = True
    instance_tags_enabled: bool = False
    http_put_response_hop_limit: int = 2
    http_protocol_ipv6_enabled: bool = False


@dataclass(frozen=True, slots=True)
class InstanceProfile:
    """The instance profile attached to an instance, and the role inside it."""

    arn: str
    id: str
    role: AttachedRole


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """An elastic network interface with the subnet and VPC that it is in.

    In a subnet with IPv6 alone it has neither `private_ipv4` nor `subnet_ipv4_cidr`.

    Each of `public_ipv4s` stands for the private address at its place: the primary, the secondary
    ones in their order.
    """

    id: str
    mac: str
    device_number: int
    private_ipv4: str | None
    private_hostname: str
    subnet_id: str
    subnet_ipv4_cidr: str | None
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
    network_card_index: int = 0

    @property
    def private_ipv4s(self) -> tuple[str, ...]:
        """The primary address and the secondary ones."""
        return () if self.private_ipv4 is None else (self.private_ipv4, *self.secondary_ipv4s)


@dataclass(frozen=True, slots=True)
class Placement:
    """The placement group and the dedicated host that an instance runs in, if any."""

    group_name: str | None = None
    host_id: str | None = None
    partition_number: int | None = None


@dataclass(frozen=True, slots=True)
class Launch:
    """What the launch brought. `block_devices` maps `ebs1`, `ephemeral0`, `swap` to device names.

    `kernel_id` and `ramdisk_id` are those of paravirtual images. `hibernation` is None where the
    launch did not speak of it. `monitoring` is detailed monitoring.
    """

    index: int = 0
    root_device: str = "/dev/xvda"  # as Amazon Linux images name it
    block_devices: Mapping[str, str] = field(default_factory=dict)
    product_codes: tuple[str, ...] = ()
    kernel_id: str | None = None
    ramdisk_id: str | None = None
    ancestor_image_ids: tuple[str, ...] = ()
    hibernation: bool | None = None
    monitoring: bool = False


@dataclass(frozen=True, slots=True)
class ManagedSshKeys:
    """What EC2 Instance Connect left for the instance."""

    active_keys: Mapping[str, str] = field(default_factory=dict)  # by user of the instance
    signer_cert: str | None = None
    signer_ocsp: Mapping[str, str] = field(default_factory=dict)  # by SHA-1 of the certificate


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance. `interfaces` is never empty; the first is eth0.

    `launched_at` is the last time in the state pending. `public_keys` maps key pair names to
    OpenSSH lines without line feed. `user_data` is raw, at most 16 KiB. While the metadata options
    enable `tags`, their keys can be names in a path. `metadata` are leaves of the tree that have
    another value, or None for none at all; by path from the version down, none below another.
    """

    kind: ClassVar[str] = "instance"
    surface: ClassVar[Surface] = Surface.IMDS  # that its requests are known on
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
    launch: Launch = Launch()
    managed_ssh_keys: ManagedSshKeys = ManagedSshKeys()
    tags: Mapping[str, str] = field(default_factory=dict)
    user_data: bytes | None = None
    public_keys: Mapping[str, str] = field(default_factory=dict)
    life_cycle: str | None = None
    events: Events = NO_EVENTS
    metadata: Mapping[str, str | None] = field(default_factory=dict)
    throttle: Rate | None = None
    extended_credentials: bool = True
    lifetime: timedelta = timedelta(hours=6, minutes=35)
    listen: tuple[Address, ...] = ()
    clients: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def purchased_as(self) -> str:
        """Its life cycle: as said, else what its events mean; `on-demand` or `spot`."""
        return self.life_cycle or ("spot" if self.events.spot is not None else "on-demand")

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
