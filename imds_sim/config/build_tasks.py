"""Tasks of the file, with the containers, ids and addresses that the file leaves to be derived.

Source: ECS Developer Guide, "Task metadata endpoint version 4", for the forms of the ids.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from imds_sim.config.checks.timing import TASK_LIFETIME
from imds_sim.config.network import Network
from imds_sim.config.schema.interfaces import NetworkInterfaceSection
from imds_sim.config.schema.tasks import ContainerSection, TaskSection
from imds_sim.kernel.arn import dns_suffix_of, partition_of
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.workloads.instance import NetworkInterface
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.task import Container, LaunchType, NetworkMode, Port, Task

FARGATE_CPU, FARGATE_MEMORY = 256, 512  # the smallest that there is
_UNITS = 1024  # CPU units of a core
_ON_BRIDGE = "172.17.0."  # Docker's own bridge; its first container has .2


class TaskBuilder:
    """Builds tasks of one account and region; `roles` are those that a task can have, by name."""

    def __init__(
        self,
        place: tuple[str, str],
        ids: Identifiers,
        roles: Mapping[str, AttachedRole],
        network: Network,
        started_at: datetime,
    ) -> None:
        self._account, self._region = place
        self._partition = partition_of(self._region)
        self._ids = ids
        self._roles = roles
        self._network = network
        self._started_at = started_at

    def claim(self, sections: Iterable[TaskSection]) -> None:
        """Keep addresses of the file from being given out; all are claimed before any is."""
        for section in sections:
            self._network.claim(_interfaces(section), self._zone(section))

    def build(self, name: str, section: TaskSection) -> Task:
        """One task."""
        ids = self._ids
        launch_type = LaunchType(section.launch_type)
        fargate = launch_type is LaunchType.FARGATE
        cpu = FARGATE_CPU if section.cpu is None and fargate else section.cpu
        memory = FARGATE_MEMORY if section.memory is None and fargate else section.memory
        id_ = ids.hex("task", name)
        family = section.family or name.replace(".", "-")
        containers = section.containers or {family: ContainerSection()}
        return Task(
            name=name,
            id=id_,
            partition=self._partition,
            account=self._account,
            region=self._region,
            cluster=section.cluster,
            credentials_id=section.credentials_id or ids.uuid("credentials", name),
            role=None if section.role is None else self._roles[section.role],
            lifetime=section.lifetime or TASK_LIFETIME,
            execution_role=(
                None if section.execution_role is None else self._roles[section.execution_role]
            ),
            execution_credentials_id=ids.uuid("execution credentials", name),
            family=family,
            revision=section.revision,
            launch_type=launch_type,
            availability_zone=self._zone(section),
            network_mode=NetworkMode(section.network_mode),
            interface=self._interface(name, section),
            cpu=cpu / _UNITS if cpu else None,
            memory=memory or None,
            service_name=section.service,
            instance=section.instance,
            tags=section.tags,
            containers=tuple(
                self._container(name, id_, family, number, (called, each), section)
                for number, (called, each) in enumerate(containers.items())
            ),
            started_at=self._started_at,
        )

    @property
    def _arn_of_containers(self) -> str:
        return f"arn:{self._partition}:ecs:{self._region}:{self._account}:container"

    def _zone(self, section: TaskSection) -> str:
        return section.availability_zone or f"{self._region}a"

    def _interface(self, name: str, section: TaskSection) -> NetworkInterface | None:
        if section.network_mode != "awsvpc":
            return None
        found = self._network.interfaces(
            name, _interfaces(section), self._zone(section), instance_id=""
        )
        return found[0]

    def _container(
        self,
        task: str,
        task_id: str,
        family: str,
        number: int,
        named: tuple[str, ContainerSection],
        of: TaskSection,
    ) -> Container:
        name, section = named
        ids, region, account = self._ids, self._region, self._account
        if of.launch_type == "FARGATE":
            digits = int.from_bytes(ids.digest("runtime id", task, name)[:8], "big") % 10**10
            docker_id = endpoint_id = f"{task_id}-{digits:010}"
            docker_name = name
        else:
            docker_id = ids.digest("docker", task, name).hex()
            endpoint_id = ids.uuid("endpoint", task, name)
            mark = ids.digest("docker name", task, name).hex()[:20]
            docker_name = f"ecs-{family}-{of.revision}-{name}-{mark}"
        registry = f"{account}.dkr.ecr.{region}.{dns_suffix_of(region)}"
        container_id = ids.uuid("container", task, name)
        return Container(
            name=name,
            docker_id=docker_id,
            docker_name=docker_name,
            endpoint_id=endpoint_id,
            arn=f"{self._arn_of_containers}/{of.cluster}/{task_id}/{container_id}",
            image=section.image or f"{registry}/{name.lower()}:latest",
            image_id=f"sha256:{ids.digest('image', section.image or name).hex()}",
            cpu=section.cpu,
            memory=section.memory,
            ports=tuple(
                Port(each.container_port, each.host_port or 0, each.protocol)
                for each in section.ports
            ),
            labels=section.labels,
            address=f"{_ON_BRIDGE}{number + 2}" if of.network_mode == "bridge" else "",
        )


def _interfaces(section: TaskSection) -> tuple[NetworkInterfaceSection, ...]:
    if section.address is None or section.network_mode != "awsvpc":
        return ()
    return (NetworkInterfaceSection.model_validate({"private_ipv4s": [str(section.address)]}),)
