"""Instances, tasks, pods and functions of the file, with what the file leaves to be derived."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import ceil
from types import MappingProxyType

from imds_sim.config.build_events import build_events
from imds_sim.config.build_tasks import TaskBuilder
from imds_sim.config.checks.timing import lifetime_of
from imds_sim.config.clusters import clusters
from imds_sim.config.network import Network
from imds_sim.config.placement import architecture_of, zone_id_of
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.endpoints import EndpointSection
from imds_sim.config.schema.hops import ThrottleSection
from imds_sim.config.schema.metadata import tree_path
from imds_sim.config.schema.workloads import FunctionSection, InstanceSection, PodSection
from imds_sim.kernel.arn import dns_suffix_of, partition_of
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.secret import Secret
from imds_sim.kernel.token_bucket import Rate
from imds_sim.workloads.endpoint import Dialect, Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import (
    Family,
    Instance,
    InstanceProfile,
    Launch,
    ManagedSshKeys,
    MetadataOptions,
    Placement,
)
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.workload import Workload

NO_ADDRESSES: Mapping[str, str] = MappingProxyType({})


class WorkloadBuilder:
    """Builds the workloads of one file; `arns` has the ARN of every role by name.

    `taken` are addresses that are not given out, each with its zone. Keeps what instances have in
    common: profiles, images and zones, as many as the file names.
    """

    def __init__(
        self,
        configuration: Configuration,
        ids: Identifiers,
        arns: Mapping[str, str],
        started_at: datetime,
        taken: Mapping[str, str] = NO_ADDRESSES,
    ) -> None:
        self._configuration = configuration
        self._taken = taken
        self._ids = ids
        self._started_at = started_at
        self._account = configuration.account
        self._region = configuration.region
        self._partition = partition_of(configuration.region)
        self._dns_suffix = dns_suffix_of(configuration.region)
        self._roles = {name: AttachedRole(name, arn) for name, arn in arns.items()}
        self._profiles: dict[tuple[str, str], InstanceProfile] = {}  # by name and id
        self._images: dict[str, str] = {}  # by architecture
        self._zone_ids: dict[str, str] = {}
        self._clusters = clusters(configuration, ids)

    def workloads(self) -> Iterator[Workload]:
        """Instances, tasks, pods, functions, endpoints, each kind in the order of the file."""
        configuration = self._configuration
        network = Network(self._ids, self._account, self._region)
        network.keep(self._taken)
        for instance in configuration.instances.values():
            network.claim(instance.network_interfaces, self._zone(instance))
        place = (self._account, self._region)
        tasks = TaskBuilder(place, self._ids, self._roles, network, self._started_at)
        tasks.claim(configuration.tasks.values())
        for name, instance in configuration.instances.items():
            yield self._instance(name, instance, network)
        for name, task in configuration.tasks.items():
            yield tasks.build(name, task)
        for name, pod in configuration.pods.items():
            yield self._pod(name, pod)
        for name, function in configuration.functions.items():
            yield self._function(name, function)
        for path, endpoint in configuration.endpoints.items():
            yield self._endpoint(path, endpoint)

    def _instance(self, name: str, section: InstanceSection, network: Network) -> Instance:
        ids = self._ids
        zone = self._zone(section)
        architecture = architecture_of(section.instance_type)
        options = section.metadata_options
        instance_id = section.id or ids.resource("i", name)
        user_data = section.user_data or section.user_data_file or section.user_data_base64
        return Instance(
            name=name,
            id=instance_id,
            partition=self._partition,
            dns_suffix=self._dns_suffix,
            account=self._account,
            region=self._region,
            availability_zone=zone,
            availability_zone_id=self._zone_id(zone),
            image_id=section.image_id or self._image(architecture),
            instance_type=section.instance_type,
            architecture=architecture,
            reservation_id=section.reservation_id or ids.resource("r", name),
            launched_at=section.launch_time or self._started_at,
            interfaces=network.interfaces(
                name,
                section.network_interfaces,
                zone,
                instance_id,
                by_resource=section.hostname_type == "resource-name",
            ),
            profile=self._profile(section),
            options=MetadataOptions(
                http_endpoint_enabled=options.http_endpoint == "enabled",
                http_tokens_required=options.http_tokens == "required",
                instance_tags_enabled=options.instance_metadata_tags == "enabled",
                http_put_response_hop_limit=options.http_put_response_hop_limit,
                http_protocol_ipv6_enabled=options.http_protocol_ipv6 == "enabled",
            ),
            family=Family(section.family),
            placement=Placement(
                section.placement.group_name,
                section.placement.host_id,
                section.placement.partition_number,
            ),
            launch=_launch(section),
            managed_ssh_keys=ManagedSshKeys(
                section.managed_ssh_keys.active_keys,
                section.managed_ssh_keys.signer_cert,
                section.managed_ssh_keys.signer_ocsp,
            ),
            tags=section.tags,
            user_data=user_data or None,
            # EC2 puts the name of the key pair in place of the comment.
            public_keys={pair: f"{key} {pair}" for pair, key in section.public_keys.items()},
            life_cycle=section.life_cycle,
            events=build_events(section.events, self._started_at, ids, name),
            metadata={tree_path(path): value for path, value in section.metadata.items()},
            throttle=_rate(section.throttle),
            extended_credentials=section.extended_credentials,
            lifetime=lifetime_of(self._configuration, section),
            listen=section.listen,
            clients=section.clients,
        )

    def _zone(self, section: InstanceSection | FunctionSection) -> str:
        return section.availability_zone or f"{self._region}a"

    def _zone_id(self, zone: str) -> str:
        found = self._zone_ids.get(zone)
        if found is None:
            found = self._zone_ids[zone] = zone_id_of(self._region, zone)
        return found

    def _image(self, architecture: str) -> str:
        found = self._images.get(architecture)
        if found is None:
            found = self._ids.resource("ami", self._region, architecture)
            self._images[architecture] = found
        return found

    def _profile(self, section: InstanceSection) -> InstanceProfile | None:
        if section.role is None:
            return None
        name = section.profile or section.role
        profile_id = section.profile_id or self._ids.entity("AIPA", self._account, name)
        found = self._profiles.get((name, profile_id))
        if found is None:
            found = self._profiles[name, profile_id] = InstanceProfile(
                arn=f"arn:{self._partition}:iam::{self._account}:instance-profile/{name}",
                id=profile_id,
                role=self._roles[section.role],
            )
        return found

    def _function(self, name: str, section: FunctionSection) -> Function:
        return Function(
            name=name,
            partition=self._partition,
            account=self._account,
            region=self._region,
            role=self._roles[section.role],
            authorization_token=section.authorization_token
            or Secret(self._ids.uuid("authorization token", name)),
            environment_token=Secret(self._ids.uuid("execution environment", name)),
            availability_zone_id=self._zone_id(self._zone(section)),
            snap_start=section.snap_start,
            lifetime=lifetime_of(self._configuration, section),
        )

    def _pod(self, name: str, section: PodSection) -> Pod:
        account = f"{section.cluster}/{section.namespace}/{section.service_account}"
        return Pod(
            name=name,
            uid=self._ids.uuid("pod", name),
            partition=self._partition,
            account=self._account,
            region=self._region,
            cluster=self._clusters[section.cluster],
            namespace=section.namespace,
            service_account=section.service_account,
            service_account_uid=self._ids.uuid("service account", account),
            role=self._roles[section.role],
            target_role=self._roles[section.target_role] if section.target_role else None,
            external_id=section.external_id or self._ids.uuid("external id", name),
            session_tags=not section.disable_session_tags,
            irsa=section.irsa,
            lifetime=lifetime_of(self._configuration, section),
        )

    def _endpoint(self, path: str, section: EndpointSection) -> Endpoint:
        dialect, file = Dialect(section.dialect), section.authorization_token_file
        return Endpoint(
            name=path,
            id=self._ids.hex("endpoint", path),
            partition=self._partition,
            account=self._account,
            region=self._region,
            role=self._roles[section.role],
            dialect=dialect,
            authorization_token=(
                section.authorization_token
                or (file.token if file is not None else None)
                or self._endpoint_token(path, dialect)
            ),
            token_file=None if file is None else str(file.path),
            lifetime=lifetime_of(self._configuration, section),
        )

    def _endpoint_token(self, path: str, dialect: Dialect) -> Secret:
        if dialect is Dialect.AWS_VAULT:  # 30 bytes in base64url, without padding
            chance = self._ids.digest("authorization token", path)[:30]
            return Secret(urlsafe_b64encode(chance).decode())
        return Secret(self._ids.uuid("authorization token", path))


def _launch(section: InstanceSection) -> Launch:
    devices = dict(section.block_devices)
    return Launch(
        index=section.launch_index,
        root_device=devices.pop("root", Launch().root_device),
        block_devices=devices,
        product_codes=section.product_codes,
        kernel_id=section.kernel_id,
        ramdisk_id=section.ramdisk_id,
        ancestor_image_ids=section.ancestor_image_ids,
        hibernation=section.hibernation,
        monitoring=section.monitoring == "enabled",
    )


def _rate(section: ThrottleSection | None) -> Rate | None:
    if section is None:
        return None
    return Rate(section.rate, ceil(section.rate) if section.burst is None else section.burst)
