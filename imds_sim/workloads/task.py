"""An ECS task: a role behind an unguessable path."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import parse_qs, unquote

from imds_sim.workloads.role import AttachedRole


@dataclass(frozen=True, slots=True)
class Task:
    """A task. `id` has 32 hex digits; `credentials_id` is the UUID in its credentials path."""

    service: ClassVar[str] = "ecs-tasks.amazonaws.com"

    name: str
    id: str
    partition: str
    account: str
    region: str
    cluster: str
    credentials_id: str
    role: AttachedRole
    lifetime: timedelta = timedelta(hours=6)

    @property
    def role_session_name(self) -> str:
        """ECS names the session after the task id."""
        return self.id

    @property
    def arn(self) -> str:
        return (
            f"arn:{self.partition}:ecs:{self.region}:{self.account}:task/{self.cluster}/{self.id}"
        )

    @property
    def credentials_path(self) -> str:
        """The value of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI."""
        return f"/v2/credentials/{self.credentials_id}"


def credentials_id_in(target: str) -> str | None:
    """The credentials id that a request target names; None if its path is not for credentials.

    `/v2/credentials/ID` (ID may be empty or hold slashes) and `/v1/credentials?id=ID`; source:
    amazon-ecs-agent, ecs-agent/tmds/handlers.
    """
    path, _, query = target.partition("?")
    if path.startswith("/v2/credentials/"):
        return unquote(path.removeprefix("/v2/credentials/"))
    if path == "/v1/credentials":
        return parse_qs(query, keep_blank_values=True).get("id", [""])[0]
    return None
