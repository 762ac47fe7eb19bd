"""The answers of the task metadata endpoint: documents, and the sentences that stand for them.

Source: amazon-ecs-agent, agent/handlers (v2, v3) and ecs-agent/tmds/handlers/v4. A refusal is a
bare JSON string; an unknown id is 500 or 400 in version 3 and 404 in version 4, which still names
it a v3 endpoint id.
"""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from imds_sim.containers.ecs_paths import Route, Subject
from imds_sim.containers.go_json import Json, marshal, text
from imds_sim.containers.task_metadata import container_document, task_document
from imds_sim.containers.task_stats import container_stats
from imds_sim.workloads.task import Container, Task

_NO_TASK = "unable to get task arn from request: unable to get task Arn from v3 endpoint ID: "
_NO_CONTAINER = (
    "unable to get container ID from request: unable to get docker ID from v3 endpoint ID: "
)
# The handler that speaks, and what it cannot find.
_SPEAKERS: dict[Subject, tuple[str, str]] = {
    Subject.CONTAINER: ("container metadata handler", _NO_CONTAINER),
    Subject.TASK: ("task metadata handler", _NO_TASK),
    Subject.TASK_WITH_TAGS: ("task metadata handler", _NO_TASK),
    Subject.CONTAINER_STATS: ("container stats handler", _NO_TASK),
    Subject.TASK_STATS: ("task stats handler", _NO_TASK),
}
_STATS = (Subject.CONTAINER_STATS, Subject.TASK_STATS)


class Answer(NamedTuple):
    """Status and body of an answer."""

    status: HTTPStatus
    body: bytes


def answer(route: Route, task: Task | None, peer: str, now: datetime) -> Answer:
    """Answer a path of the metadata endpoint as the agent of `task`; None where none is named."""
    if route.version == 2:
        return _by_address(route, task, peer, now)
    container = None if task is None else task.container(route.id)
    if task is None or container is None:
        return _unknown(route)
    return _found(route, task, container, now)


def _by_address(route: Route, task: Task | None, peer: str, now: datetime) -> Answer:
    if task is None:
        # The handlers of metadata and of statistics say the same.
        return _refusal(
            HTTPStatus.BAD_REQUEST,
            f"Unable to get task arn from request: unable to associate '{peer}' with task",
        )
    container: Container | None = None
    if route.id:
        container = next((each for each in task.containers if each.docker_id == route.id), None)
        if container is None:
            id_ = text(route.id)
            told = (
                f"Unable to get container stats for: {id_}"
                if route.subject in _STATS
                else f"Unable to generate metadata for container '{id_}'"
            )
            return _refusal(HTTPStatus.BAD_REQUEST, told)
    return _found(route, task, container, now)


def _found(route: Route, task: Task, container: Container | None, now: datetime) -> Answer:
    version = route.version
    rates = version >= 4
    document: Json
    match route.subject, container:
        case Subject.CONTAINER, Container():
            document = container_document(task, container, version)
        case Subject.CONTAINER_STATS, Container():
            document = container_stats(task, container, now, rates=rates)
        case Subject.TASK_STATS, _:
            document = {
                each.docker_id: container_stats(task, each, now, rates=rates)
                for each in sorted(task.containers, key=lambda each: each.docker_id)
            }
        case subject, _:
            document = task_document(task, version, now, tags=subject is Subject.TASK_WITH_TAGS)
    return Answer(HTTPStatus.OK, marshal(document))


def _unknown(route: Route) -> Answer:
    handler, reason = _SPEAKERS[route.subject]
    if route.version >= 4:
        status = HTTPStatus.NOT_FOUND
    elif route.subject in _STATS:
        status = HTTPStatus.BAD_REQUEST
    else:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _refusal(status, f"V{route.version} {handler}: {reason}{text(route.id)}")


def _refusal(status: HTTPStatus, told: str) -> Answer:
    return Answer(status, marshal(told))
