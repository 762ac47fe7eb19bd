"""An ECS task: a role behind an unguessable path, and what its metadata shows.

Source: ECS Developer Guide, "Task metadata endpoint version 4"; amazon-ecs-agent,
ecs-agent/tmds/handlers, for the paths.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from urllib.parse import unquote, unquote_plus

from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.target import origin_form
from imds_sim.workloads.instance import NetworkInterface
from imds_sim.workloads.role import AttachedRole

_MALFORMED_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
# What follows the id decides between the routes; the claim is the same.
_ENDPOINT = re.compile("/(?:v3|v4|api)/([^/]*)(?:/.*)?", re.DOTALL)
_BY_ADDRESS = re.compile("/v2/(?:metadata|metadataWithTags|stats)(?:/.*)?", re.DOTALL)


class LaunchType(StrEnum):
    """On what a task runs; spelt as its metadata has it."""

    EC2 = "EC2"
    FARGATE = "FARGATE"
    EXTERNAL = "EXTERNAL"


class NetworkMode(StrEnum):
    """How a task's containers are connected; spelt as their metadata has it."""

    AWSVPC = "awsvpc"
    BRIDGE = "bridge"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a container; `host_port` 0 is none."""

    container_port: int
    host_port: int = 0
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a task. `endpoint_id` is the last part of its metadata URIs.

    `cpu` counts in units of 1/1024 of a core, `memory` in MiB; 0 is none of its own. `address` is
    that on a bridge, empty in other network modes.
    """

    name: str
    docker_id: str
    docker_name: str
    endpoint_id: str
    arn: str
    image: str
    image_id: str
    cpu: int = 0
    memory: int = 0
    ports: tuple[Port, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A task. `id` has 32 hex digits; `credentials_id` is the UUID in its credentials path.

    `execution_role` is the agent's, for images and logs; its credentials have a path of their own,
    which no container is told. `cpu` counts cores, `memory` MiB; None is no limit. `interface` is
    there in network mode awsvpc. `service_name` is that of the ECS service
    that runs it, `instance` the name of the instance that it runs on, if any.
    """

    kind: ClassVar[str] = "task"
    surface: ClassVar[Surface] = Surface.ECS  # that its requests are known on
    service: ClassVar[str] = "ecs-tasks.amazonaws.com"

    name: str
    id: str
    partition: str
    account: str
    region: str
    cluster: str
    credentials_id: str
    role: AttachedRole | None
    lifetime: timedelta = timedelta(hours=6)
    execution_role: AttachedRole | None = None
    execution_credentials_id: str = ""
    family: str = ""
    revision: int = 1
    launch_type: LaunchType = LaunchType.EC2
    availability_zone: str = ""
    network_mode: NetworkMode = NetworkMode.AWSVPC
    interface: NetworkInterface | None = None
    cpu: float | None = None
    memory: int | None = None
    service_name: str | None = None
    instance: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    containers: tuple[Container, ...] = ()
    started_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @property
    def role_session_name(self) -> str:
        """ECS names the session after the task id."""
        return self.id

    @property
    def arn(self) -> str:
        return self._arn(f"task/{self.cluster}/{self.id}")

    @property
    def cluster_arn(self) -> str:
        return self._arn(f"cluster/{self.cluster}")

    @property
    def credentials_path(self) -> str:
        """The value of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI."""
        return f"/v2/credentials/{self.credentials_id}"

    @property
    def credentials_ids(self) -> tuple[str, ...]:
        """The ids that name this task in a credentials path."""
        own = (self.credentials_id,) if self.role is not None else ()
        execution = (self.execution_credentials_id,) if self.execution_role is not None else ()
        return own + execution

    def container(self, endpoint_id: str) -> Container | None:
        """The container whose metadata is at this id."""
        return next((each for each in self.containers if each.endpoint_id == endpoint_id), None)

    def _arn(self, resource: str) -> str:
        return f"arn:{self.partition}:ecs:{self.region}:{self.account}:{resource}"


def credentials_id_in(target: str) -> str | None:
    """The credentials id that a request target names; None if its path is not for credentials.

    `/v2/credentials/ID` (ID may be empty or hold slashes) and `/v1/credentials?id=ID`, read as Go
    reads them; source: amazon-ecs-agent, ecs-agent/tmds/handlers; Go, net/url.
    """
    path, _, query = origin_form(target).partition("?")
    path = unquote(path)
    if path.startswith("/v2/credentials/"):
        return path.removeprefix("/v2/credentials/")
    if path == "/v1/credentials":
        return _first_value(query, "id")
    return None


def endpoint_id_in(target: str) -> str | None:
    """The id of a container that a path below `/v3/`, `/v4/` or `/api/` names, if it is one."""
    found = _ENDPOINT.fullmatch(unquote(origin_form(target).partition("?")[0]))
    return found.group(1) if found else None


def is_by_address(target: str) -> bool:
    """Whether a path means the task that has the client's address."""
    return _BY_ADDRESS.fullmatch(unquote(origin_form(target).partition("?")[0])) is not None


def _first_value(query: str, name: str) -> str:
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        # Go drops a pair with a semicolon or a malformed escape, and keeps the rest.
        if ";" in pair or _MALFORMED_ESCAPE.search(pair):
            continue
        if unquote_plus(key) == name:
            return unquote_plus(value)
    return ""
