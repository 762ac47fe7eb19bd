"""The routes of the ECS agent's server, beside those for credentials.

Source: amazon-ecs-agent, agent/handlers/task_server_setup.go and ecs-agent/tmds/handlers. A router
of Go matches the decoded path; the one in front of these lets no line feed through.
"""

import re
from enum import Enum
from typing import NamedTuple

_ENDPOINT = re.compile(r"/(v3|v4)/([^/]*)(|/task|/taskWithTags|/stats|/task/stats)")
_PROTECTION = re.compile(r"/api/([^/]*)/task-protection/v1/state")
_BY_ADDRESS = re.compile(r"/v2/(metadata|metadataWithTags|stats)/?")
_CONTAINER_BY_ADDRESS = re.compile(r"/v2/(metadata|stats)/(.+)")


class Subject(Enum):
    """What a path asks for."""

    CONTAINER = ""
    TASK = "/task"
    TASK_WITH_TAGS = "/taskWithTags"
    CONTAINER_STATS = "/stats"
    TASK_STATS = "/task/stats"
    PROTECTION = "protection"


class Route(NamedTuple):
    """A path as its parts; `version` is that of the metadata endpoint.

    `id` is an endpoint id, in version 2 a Docker id or nothing.
    """

    version: int
    subject: Subject
    id: str


_SUBJECTS = {
    "metadata": Subject.TASK,
    "metadataWithTags": Subject.TASK_WITH_TAGS,
    "stats": Subject.TASK_STATS,
}


def route_of(path: str) -> Route | None:
    """The route that matches a decoded path, or None."""
    if found := _ENDPOINT.fullmatch(path):
        return Route(int(found[1][1:]), Subject(found[3]), found[2])
    if found := _BY_ADDRESS.fullmatch(path):
        return Route(2, _SUBJECTS[found[1]], "")
    if found := _CONTAINER_BY_ADDRESS.fullmatch(path):
        stats = found[1] == "stats"
        return Route(2, Subject.CONTAINER_STATS if stats else Subject.CONTAINER, found[2])
    if found := _PROTECTION.fullmatch(path):
        return Route(4, Subject.PROTECTION, found[1])
    return None
