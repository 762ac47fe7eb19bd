"""The metadata of tasks and containers, in the versions 2, 3 and 4 of the endpoint.

Source: amazon-ecs-agent, ecs-agent/tmds/handlers (v2, v4/state) for members, their order and which
are left out when empty; ECS Developer Guide, "Task metadata endpoint version 4", for values.
"""

from datetime import datetime, timedelta
from ipaddress import IPv4Interface, IPv4Network

from imds_sim.containers.go_json import Json, number, omit_empty
from imds_sim.workloads.instance import NetworkInterface
from imds_sim.workloads.task import Container, LaunchType, NetworkMode, Port, Task

# How long before a task counts as started its images were pulled and its containers made.
_PULL_BEGAN = timedelta(seconds=9)
_PULL_ENDED = timedelta(seconds=4)
_CREATED = timedelta(seconds=3)
_STARTED = timedelta(seconds=1)

_TASK_ALWAYS = frozenset({"Cluster", "TaskARN", "Family", "Revision", "KnownStatus"})
_TASK_ALWAYS |= {"FaultInjectionEnabled"}
_CONTAINER_ALWAYS = frozenset(
    {"DockerId", "Name", "DockerName", "Image", "ImageID", "DesiredStatus", "KnownStatus"}
    | {"Limits", "Type"}
)
_NOTHING: frozenset[str] = frozenset()
# On Fargate: 20 GiB and what the platform keeps, as the guide's example has it.
_EPHEMERAL: dict[str, Json] = {"Utilized": 261, "Reserved": 20496}


def task_document(task: Task, version: int, now: datetime, *, tags: bool) -> dict[str, Json]:
    """The task, with its containers; `tags` adds those of task and container instance."""
    containers: list[Json] = [container_document(task, each, version) for each in task.containers]
    limits: dict[str, Json] = {}
    if task.cpu is not None:
        limits["CPU"] = number(task.cpu)
    if task.memory is not None:
        limits["Memory"] = task.memory
    fargate = task.launch_type is LaunchType.FARGATE
    before: dict[str, Json] = {
        "Cluster": task.cluster_arn if fargate else task.cluster,
        "TaskARN": task.arn,
        "Family": task.family,
        "Revision": str(task.revision),
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
    }
    after: dict[str, Json] = {
        "Limits": limits,
        "PullStartedAt": rfc3339(task.started_at - _PULL_BEGAN),
        "PullStoppedAt": rfc3339(task.started_at - _PULL_ENDED),
        "AvailabilityZone": task.availability_zone,
        "TaskTags": dict(sorted(task.tags.items())) if tags else None,
        "LaunchType": task.launch_type.value,
    }
    if version < 4:
        return omit_empty(before | {"Containers": containers} | after, _TASK_ALWAYS)
    added: dict[str, Json] = {  # what version 4 declares anew comes after what it embeds
        "Containers": containers,
        "VPCID": "" if task.interface is None else task.interface.vpc_id,
        "ServiceName": task.service_name or "",
        "ClockDrift": _clock_drift(now) if fargate else None,
        "EphemeralStorageMetrics": _EPHEMERAL if fargate else None,
        "FaultInjectionEnabled": False,
    }
    return omit_empty(before | after | added, _TASK_ALWAYS)


def container_document(task: Task, container: Container, version: int) -> dict[str, Json]:
    """One container. Version 2 knows networks of tasks with an interface of their own only."""
    networks = _networks(task, container, version)
    members: dict[str, Json] = {
        "DockerId": container.docker_id,
        "Name": container.name,
        "DockerName": container.docker_name,
        "Image": container.image,
        "ImageID": container.image_id,
        "Ports": [_port(task, each) for each in container.ports],
        "Labels": _labels(task, container),
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": {"CPU": container.cpu, "Memory": container.memory},
        "CreatedAt": rfc3339(task.started_at - _CREATED),
        "StartedAt": rfc3339(task.started_at - _STARTED),
        "Type": "NORMAL",
    }
    if version < 4:
        members |= {"Networks": networks, "ContainerARN": container.arn}
    else:
        snapshotter = "overlayfs" if task.launch_type is LaunchType.FARGATE else ""
        members |= {
            "ContainerARN": container.arn,
            "Networks": networks,
            "Snapshotter": snapshotter,
        }
    return omit_empty(members, _CONTAINER_ALWAYS)


def rfc3339(moment: datetime) -> str:
    """As Go writes a time in UTC: the fraction without zeros at its end."""
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _labels(task: Task, container: Container) -> dict[str, Json]:
    fargate = task.launch_type is LaunchType.FARGATE
    labels = {
        **container.labels,
        "com.amazonaws.ecs.cluster": task.cluster_arn if fargate else task.cluster,
        "com.amazonaws.ecs.container-name": container.name,
        "com.amazonaws.ecs.task-arn": task.arn,
        "com.amazonaws.ecs.task-definition-family": task.family,
        "com.amazonaws.ecs.task-definition-version": str(task.revision),
    }
    return dict(sorted(labels.items()))


def _port(task: Task, port: Port) -> Json:
    own_interface = task.interface is not None
    return omit_empty(
        {
            "ContainerPort": port.container_port,
            "Protocol": port.protocol,
            "HostPort": port.container_port if own_interface else port.host_port,
        },
        _NOTHING,
    )


def _networks(task: Task, container: Container, version: int) -> list[Json]:
    mode: Json = task.network_mode.value
    if task.interface is None:
        address = container.address if task.network_mode is NetworkMode.BRIDGE else ""
        return [] if version < 3 else [{"NetworkMode": mode, "IPv4Addresses": [address]}]
    addresses: dict[str, Json] = {
        "NetworkMode": mode,
        "IPv4Addresses": list(task.interface.private_ipv4s),
        "IPv6Addresses": list(task.interface.ipv6s),
    }
    if version >= 4:
        addresses |= _interface(task.interface, task.region)
    return [omit_empty(addresses, frozenset({"AttachmentIndex"}))]


def _interface(interface: NetworkInterface, region: str) -> dict[str, Json]:
    subnet = IPv4Network(interface.subnet_ipv4_cidr)
    vpc = IPv4Network(interface.vpc_ipv4_cidr)
    gateway = IPv4Interface((subnet.network_address + 1, subnet.prefixlen))
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return {
        "AttachmentIndex": 0,
        "MACAddress": interface.mac,
        "IPv4SubnetCIDRBlock": interface.subnet_ipv4_cidr,
        "IPv6SubnetCIDRBlock": interface.subnet_ipv6_cidr or "",
        "DomainNameServers": [str(vpc.network_address + 2)],  # VPC User Guide, "Amazon DNS server"
        "DomainNameSearchList": [domain],
        "PrivateDNSName": interface.private_hostname,
        "SubnetGatewayIpv4Address": str(gateway),
    }


def _clock_drift(now: datetime) -> dict[str, Json]:
    """Of a clock that is in step: asked once a minute."""
    return {
        "ClockErrorBound": 0.5458234999999999,
        "ReferenceTimestamp": rfc3339(now.replace(second=0, microsecond=0)),
        "ClockSynchronizationStatus": "SYNCHRONIZED",
    }
