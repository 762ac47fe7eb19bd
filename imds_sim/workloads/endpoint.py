"""A full-URI endpoint: a program that asks a local server for credentials, not on AWS compute.

Source: AWS SDKs and Tools Reference Guide, "Container credential provider"; for each dialect see
containers/.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Self
from urllib.parse import unquote

from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.secret import Secret
from imds_sim.kernel.target import origin_form
from imds_sim.workloads.role import AttachedRole

METADATA_TOKEN_PATH = "/latest/api/token"


class Dialect(StrEnum):
    """Whose server an endpoint speaks like."""

    PLAIN = "plain"
    GREENGRASS = "greengrass"
    CLOUDSHELL = "cloudshell"
    AWS_VAULT = "aws_vault"


# Who asks for the role. What plain and aws_vault stand for has no service of its own: a local tool
# that gives out the credentials of a role as ECS does.
SERVICES: Mapping[Dialect, str] = {
    Dialect.PLAIN: "ecs-tasks.amazonaws.com",
    Dialect.GREENGRASS: "credentials.iot.amazonaws.com",
    Dialect.CLOUDSHELL: "cloudshell.amazonaws.com",
    Dialect.AWS_VAULT: "ecs-tasks.amazonaws.com",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint; its name is its path. `id` has 32 hex digits.

    A client shows `authorization_token`, which stands in `token_file` if there is one.
    """

    kind: ClassVar[str] = "endpoint"
    surface: ClassVar[Surface] = Surface.GENERIC  # that its requests are known on

    name: str
    id: str
    partition: str
    account: str
    region: str
    role: AttachedRole
    dialect: Dialect
    authorization_token: Secret
    token_file: str | None = None
    lifetime: timedelta = timedelta(hours=6)

    @property
    def service(self) -> str:
        return SERVICES[self.dialect]

    @property
    def role_session_name(self) -> str:
        """The id: of a task, or of the device's certificate; inferred."""
        return self.id

    @property
    def arn(self) -> str:
        """Who the service says it asks for."""
        match self.dialect:
            case Dialect.GREENGRASS:
                service, resource = "iot", f"rolealias/{self.role.name}"
            case Dialect.CLOUDSHELL:
                service, resource = "cloudshell", f"environment/{self.id}"
            case _:
                service, resource = "ecs", f"task/default/{self.id}"
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def has_paths_below(self) -> bool:
        """Whether the dialect answers what lies below the endpoint's path too."""
        if self.dialect is Dialect.GREENGRASS:
            return self.name.endswith("/")
        return self.dialect is Dialect.AWS_VAULT


@dataclass(frozen=True, slots=True)
class EndpointPaths:
    """Which endpoint a path means."""

    exact: Mapping[str, Endpoint]
    below: tuple[tuple[str, Endpoint], ...]  # longest first

    @classmethod
    def of(cls, endpoints: Iterable[Endpoint]) -> Self:
        there = list(endpoints)
        exact = {each.name: each for each in there}
        for each in there:
            if each.dialect is Dialect.CLOUDSHELL:  # all of them share one way to tokens
                exact.setdefault(METADATA_TOKEN_PATH, each)
        below = {each.name.rstrip("/") + "/": each for each in there if each.has_paths_below}
        return cls(exact, tuple(sorted(below.items(), key=lambda each: -len(each[0]))))

    def named_by(self, target: str) -> Endpoint | None:
        """The endpoint at the path of a request target, or the nearest one above it."""
        path = unquote(origin_form(target).partition("?")[0])
        found = self.exact.get(path)
        if found is not None:
            return found
        return next((each for prefix, each in self.below if path.startswith(prefix)), None)
