"""ECS tasks and what their metadata shows.

Source: ECS API Reference, RegisterTaskDefinition and CreateCluster, for names and ranges.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.durations import Lifetime
from imds_sim.config.schema.interfaces import Ipv4
from imds_sim.config.schema.names import (
    AvailabilityZone,
    ClusterName,
    ContainerName,
    CredentialsId,
    Family,
    ImageName,
    RoleName,
    ServiceName,
    WorkloadName,
)
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.tags import Tags
from imds_sim.config.schema.text import kind_of, one_of, text_of, whole_number

MAX_CONTAINERS = 10  # ECS Developer Guide, "Amazon ECS service quotas"
MAX_PORT = 65535


def _between(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        number = whole_number(value)
        if not least <= number <= most:
            raise ValueError(f"{number} is not allowed; allowed: {least} to {most}")
        return number

    return read


def _whole(least: int, most: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": least, "maximum": most})


def _label(value: object) -> str:
    text = text_of(value)
    if len(text) > 1024:
        raise ValueError("a label has at most 1024 characters")
    return text


def _containers(value: object) -> object:
    if isinstance(value, dict) and len(value) > MAX_CONTAINERS:
        raise ValueError(f"{len(value)} containers; allowed: {MAX_CONTAINERS}")
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"must be a mapping of names to containers, not {kind_of(value)}")
    return {} if value is None else value


LaunchTypeName = Annotated[
    Literal["EC2", "FARGATE", "EXTERNAL"],
    PlainValidator(one_of("EC2", "FARGATE", "EXTERNAL")),
    WithJsonSchema({"enum": ["EC2", "FARGATE", "EXTERNAL"]}),
]
NetworkModeName = Annotated[
    Literal["awsvpc", "bridge", "host"],
    PlainValidator(one_of("awsvpc", "bridge", "host")),
    WithJsonSchema({"enum": ["awsvpc", "bridge", "host"]}),
]
Protocol = Annotated[
    Literal["tcp", "udp"],
    PlainValidator(one_of("tcp", "udp")),
    WithJsonSchema({"enum": ["tcp", "udp"]}),
]
CpuUnits = Annotated[int, PlainValidator(_between(0, 32768)), _whole(0, 32768)]
Mebibytes = Annotated[int, PlainValidator(_between(0, 1048576)), _whole(0, 1048576)]
PortNumber = Annotated[int, PlainValidator(_between(1, MAX_PORT)), _whole(1, MAX_PORT)]
Label = Annotated[
    str, PlainValidator(_label), WithJsonSchema({"type": "string", "maxLength": 1024})
]


class PortSection(Section):
    """A port of a container."""

    container_port: PortNumber = Field(description="Port in the container, 1 to 65535. Required.")
    host_port: PortNumber | None = Field(
        None,
        description="Port of the host, 1 to 65535. Default: none; with network_mode awsvpc the "
        "container's.",
    )
    protocol: Protocol = Field("tcp", description="tcp or udp. Default: tcp.")


class ContainerSection(Section):
    """A container of a task."""

    image: ImageName | None = Field(
        None, description="Image. Default: one of the account's registry, named like the container."
    )
    cpu: CpuUnits = Field(
        0, description="CPU units, 1024 are a core; 0 to 32768. Default: 0, no limit."
    )
    memory: Mebibytes = Field(0, description="Memory in MiB, 0 to 1048576. Default: 0, no limit.")
    ports: Annotated[tuple[PortSection, ...], Field(strict=False)] = Field(
        (), description="Ports. Default: []."
    )
    labels: dict[Label, Label] = Field(
        default_factory=dict, description="Docker labels beside those of ECS. Default: {}."
    )


Containers = Annotated[dict[ContainerName, ContainerSection], BeforeValidator(_containers)]


class TaskSection(Section):
    """An ECS task."""

    role: RoleName | None = Field(
        description="Name of the task role under roles, or null for a task without. Required."
    )
    execution_role: RoleName | None = Field(
        None,
        description="Name of the execution role under roles: the agent's, for images and logs. "
        "Default: none.",
    )
    cluster: ClusterName = Field("default", description="Name of the cluster. Default: default.")
    family: Family | None = Field(
        None, description="Family of the task definition. Default: the name, - for each dot."
    )
    revision: PortNumber = Field(
        1, description="Revision of the task definition, 1 to 65535. Default: 1."
    )
    launch_type: LaunchTypeName = Field(
        "EC2", description="EC2, FARGATE or EXTERNAL. Default: EC2."
    )
    network_mode: NetworkModeName = Field(
        "awsvpc", description="awsvpc, bridge or host; FARGATE knows awsvpc only. Default: awsvpc."
    )
    address: Ipv4 | None = Field(
        None,
        description="Address in network mode awsvpc; version 2 of the metadata knows the task by "
        "it. Default: derived, in the default VPC.",
    )
    availability_zone: AvailabilityZone | None = Field(
        None, description="Availability zone, in the region. Default: the region's zone a."
    )
    cpu: CpuUnits | None = Field(
        None,
        description="CPU units of the task, 1024 are a core; 0 to 32768. Default: 0, no limit; "
        "with FARGATE 256.",
    )
    memory: Mebibytes | None = Field(
        None,
        description="Memory of the task in MiB, 0 to 1048576. Default: 0, no limit; with FARGATE "
        "512.",
    )
    instance: WorkloadName | None = Field(
        None,
        description="Name of the instance under instances that it runs on; its metadata shows the "
        "task's credentials at iam-ecs-1/. Default: none.",
    )
    service: ServiceName | None = Field(
        None,
        description="Name of the ECS service that runs it; only such tasks can be protected. "
        "Default: none.",
    )
    tags: Tags = Field(
        default_factory=dict, description="Tag key to value, at most 50. Default: {}."
    )
    containers: Containers = Field(
        default_factory=dict,
        description="Containers by name, at most 10. Default: one, named like the family.",
    )
    credentials_id: CredentialsId | None = Field(
        None,
        description="Last part of the credentials path. Default: a UUID derived from the name "
        "and the state key.",
    )
    lifetime: Lifetime | None = Field(
        None, description="Lifetime of its credentials, 15m to 12h. Default: 6h."
    )
