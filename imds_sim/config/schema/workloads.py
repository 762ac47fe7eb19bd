"""The sections of workloads: instances, pods, functions."""

from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.durations import Lifetime
from imds_sim.config.schema.events import EventSection
from imds_sim.config.schema.files import SecretText
from imds_sim.config.schema.hops import PutResponseHopLimit, ThrottleSection
from imds_sim.config.schema.interfaces import NetworkInterfaceSection
from imds_sim.config.schema.launch import (
    DeviceKey,
    DeviceName,
    HostnameType,
    KernelId,
    LaunchIndex,
    ManagedSshKeysSection,
    ProductCode,
    RamdiskId,
)
from imds_sim.config.schema.listen import ClientPrefixes, ListenAddresses
from imds_sim.config.schema.metadata import MetadataPath, MetadataValue
from imds_sim.config.schema.moments import Moment
from imds_sim.config.schema.names import (
    AvailabilityZone,
    EksClusterName,
    ExternalId,
    ImageId,
    InstanceId,
    InstanceType,
    KeyPairName,
    NamespaceName,
    ProfileId,
    ProfileName,
    ReservationId,
    RoleName,
    ServiceAccountName,
)
from imds_sim.config.schema.placement import PlacementSection
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.tags import InstanceTags
from imds_sim.config.schema.text import Truth, one_of
from imds_sim.config.schema.user_data import PublicKey, UserData, UserDataBase64, UserDataFile

Enabled = Annotated[
    Literal["enabled", "disabled"],
    PlainValidator(one_of("enabled", "disabled")),
    WithJsonSchema({"enum": ["enabled", "disabled"]}),
]
HttpTokens = Annotated[
    Literal["required", "optional"],
    PlainValidator(one_of("required", "optional")),
    WithJsonSchema({"enum": ["required", "optional"]}),
]
FamilyName = Annotated[
    Literal["nitro", "xen"],
    PlainValidator(one_of("nitro", "xen")),
    WithJsonSchema({"enum": ["nitro", "xen"]}),
]


LifeCycle = Annotated[
    str,
    PlainValidator(one_of("on-demand", "spot", "scheduled", "capacity-block")),
    WithJsonSchema({"enum": ["on-demand", "spot", "scheduled", "capacity-block"]}),
]


class MetadataOptionsSection(Section):
    """The metadata options of an instance."""

    http_endpoint: Enabled = Field(
        "enabled", description="enabled, or disabled: everything is 403. Default: enabled."
    )
    http_tokens: HttpTokens = Field(
        "required",
        description="required (IMDSv2 only) or optional (IMDSv1 too). Default: required.",
    )
    http_put_response_hop_limit: PutResponseHopLimit = Field(
        2, description="How many hops an answer with a token may travel, 1 to 64. Default: 2."
    )
    http_protocol_ipv6: Enabled = Field(
        "disabled",
        description="enabled: it answers over IPv6 too, at fd00:ec2::254. Default: disabled.",
    )
    instance_metadata_tags: Enabled = Field(
        "disabled", description="enabled: tags/instance/ shows the tags. Default: disabled."
    )


class InstanceSection(Section):
    """An EC2 instance."""

    id: InstanceId | None = Field(
        None, description="Instance id. Default: derived from the name and the state key."
    )
    role: RoleName | None = Field(
        None, description="Name of a role under roles. Default: no instance profile."
    )
    profile: ProfileName | None = Field(
        None, description="Name of the instance profile that holds the role. Default: the role's."
    )
    profile_id: ProfileId | None = Field(
        None, description="Unique id of the instance profile. Default: derived from its name."
    )
    reservation_id: ReservationId | None = Field(
        None, description="Id of the reservation. Default: derived from the name."
    )
    launch_time: Moment | None = Field(
        None,
        description="When it was last launched, as in 2026-01-02T03:04:05Z. Default: the start of "
        "the daemon.",
    )
    listen: ListenAddresses = Field(
        (), description="Addresses of its own, at which this instance answers. Default: []."
    )
    clients: ClientPrefixes = Field(
        (),
        description="Client addresses or prefixes that mean this instance on the shared "
        "listener; the longest match decides. Default: [].",
    )
    metadata_options: MetadataOptionsSection = Field(
        default_factory=MetadataOptionsSection, description="How the metadata service is set."
    )
    family: FamilyName = Field(
        "nitro",
        description="Which back end of the metadata service answers, nitro or xen. Default: nitro.",
    )
    instance_type: InstanceType = Field("m7g.large", description="Type. Default: m7g.large.")
    image_id: ImageId | None = Field(
        None, description="Image id. Default: derived, one per region and architecture."
    )
    availability_zone: AvailabilityZone | None = Field(
        None, description="Availability zone, in the region. Default: the region's zone a."
    )
    placement: PlacementSection = Field(
        default_factory=PlacementSection,
        description="Placement group and dedicated host. Default: none.",
    )
    tags: InstanceTags = Field(
        default_factory=dict,
        description="Tag key to value, at most 50; instance_metadata_tags shows them. Default: {}.",
    )
    user_data: UserData | None = Field(
        None, repr=False, description="User data as text, at most 16 KiB. Default: none."
    )
    user_data_file: UserDataFile | None = Field(
        None, repr=False, description="File that holds the user data, at most 16 KiB."
    )
    user_data_base64: UserDataBase64 | None = Field(
        None, repr=False, description="User data in base64, at most 16 KiB decoded."
    )
    public_keys: dict[KeyPairName, PublicKey] = Field(
        default_factory=dict, description="Key pair name to OpenSSH public key. Default: {}."
    )
    network_interfaces: Annotated[tuple[NetworkInterfaceSection, ...], Field(strict=False)] = Field(
        (), description="Network interfaces. Default: one in the default VPC."
    )
    life_cycle: LifeCycle | None = Field(
        None,
        description="on-demand, spot, scheduled or capacity-block. Default: on-demand, or spot "
        "where there is a spot event.",
    )
    events: Annotated[tuple[EventSection, ...], Field(strict=False)] = Field(
        (),
        description="What happens to it: spot interruptions, rebalance recommendations, scheduled "
        "maintenance, Auto Scaling. Default: [].",
    )
    metadata: dict[MetadataPath, MetadataValue | None] = Field(
        default_factory=dict,
        description="Leaf, by its path below meta-data/ or as dynamic/..., to the text it has; "
        "null removes it, or a directory. Default: {}.",
    )
    throttle: ThrottleSection | None = Field(
        None, description="How many requests it may make. Default: any number."
    )
    launch_index: LaunchIndex = Field(
        0, description="Place in the launch of several instances. Default: 0."
    )
    product_codes: Annotated[tuple[ProductCode, ...], Field(strict=False)] = Field(
        (), description="AWS Marketplace product codes of the image. Default: []."
    )
    kernel_id: KernelId | None = Field(
        None, description="Kernel of a paravirtual image, family xen. Default: none."
    )
    ramdisk_id: RamdiskId | None = Field(
        None, description="RAM disk of a paravirtual image, family xen. Default: none."
    )
    ancestor_image_ids: Annotated[tuple[ImageId, ...], Field(strict=False)] = Field(
        (), description="Images that the image was made from. Default: []."
    )
    block_devices: dict[DeviceKey, DeviceName] = Field(
        default_factory=dict,
        description="root, swap, ebsN, ephemeralN to device name. Default: {root: /dev/xvda}.",
    )
    monitoring: Enabled = Field(
        "disabled", description="Detailed monitoring, enabled or disabled. Default: disabled."
    )
    hibernation: Truth | None = Field(
        None, description="hibernation/configured, true or false. Default: absent."
    )
    hostname_type: HostnameType = Field(
        "ip-name",
        description="ip-name: the private hostname follows from the address; resource-name: from "
        "the instance id. Default: ip-name.",
    )
    managed_ssh_keys: ManagedSshKeysSection = Field(
        default_factory=ManagedSshKeysSection,
        description="What EC2 Instance Connect reads. Default: nothing.",
    )
    extended_credentials: Truth = Field(
        True,
        description="Whether iam/security-credentials-extended/ is served. Default: true.",
    )
    lifetime: Lifetime | None = Field(
        None, description="Lifetime of its credentials, 15m to 12h. Default: credentials.lifetime."
    )


class PodSection(Section):
    """A pod of an EKS cluster, and the role of its service account."""

    role: RoleName = Field(description="Name of the role under roles. Required.")
    target_role: RoleName | None = Field(
        None,
        description="Name of a role, of any account, that EKS assumes with a session of role: the "
        "pod gets its credentials. Default: none.",
    )
    external_id: ExternalId | None = Field(
        None,
        description="External ID of that second step. Default: a UUID derived from the name and "
        "the state key.",
    )
    cluster: EksClusterName = Field("default", description="Name of the cluster. Default: default.")
    namespace: NamespaceName = Field("default", description="Namespace. Default: default.")
    service_account: ServiceAccountName = Field(
        "default", description="Service account. Default: default."
    )
    disable_session_tags: Truth = Field(
        False, description="Whether its sessions have no tags. Default: false."
    )
    irsa: Truth = Field(
        False,
        description="true: its environment is that of IAM roles for service accounts, whose "
        "programs call AssumeRoleWithWebIdentity themselves. Default: false.",
    )
    lifetime: Lifetime | None = Field(
        None,
        description="Lifetime of its credentials, 15m to 12h, with target_role to 1h. Default: "
        "6h, with target_role 59m.",
    )


class FunctionSection(Section):
    """A Lambda function."""

    role: RoleName = Field(description="Name of the execution role under roles. Required.")
    snap_start: Truth = Field(
        False,
        description="true: credentials come from the lambda listener; false: they stand in the "
        "environment. Default: false.",
    )
    authorization_token: SecretText | None = Field(
        None,
        description="What a function with snap_start shows to get credentials, up to 128 "
        "characters. Default: a UUID derived from the name and the state key.",
    )
    availability_zone: AvailabilityZone | None = Field(
        None,
        description="Availability zone whose id the metadata endpoint tells, in the region. "
        "Default: the region's zone a.",
    )
    lifetime: Lifetime | None = Field(
        None, description="Lifetime of its credentials, 15m to 12h. Default: 12h."
    )
