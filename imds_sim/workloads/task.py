"""An ECS task: a role behind an unguessable path."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import unquote, unquote_plus

from imds_sim.kernel.target import origin_form
from imds_sim.workloads.role import AttachedRole

_MALFORMED_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Task:
    """A task. `id` has 32 hex digits; `credentials_id` is the UUID in its credentials path."""

    kind: ClassVar[str] = "task"
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


def _first_value(query: str, name: str) -> str:
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        # Go drops a pair with a semicolon or a malformed escape, and keeps the rest.
        if ";" in pair or _MALFORMED_ESCAPE.search(pair):
            continue
        if unquote_plus(key) == name:
            return unquote_plus(value)
    return ""
