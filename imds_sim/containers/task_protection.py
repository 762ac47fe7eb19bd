"""Task protection: a task of a service asks not to be ended when the service scales in.

Source: amazon-ecs-agent, ecs-agent/tmds/handlers/taskprotection/v1; ECS API Reference,
GetTaskProtection and UpdateTaskProtection; ECS Developer Guide, "Task scale-in protection endpoint"
and "API failure reasons".
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple

from imds_sim.containers.go_json import Json, marshal
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.task import Task

DEFAULT_DURATION = timedelta(minutes=120)
MIN_MINUTES, MAX_MINUTES = 1, 2880
_INT64 = 1 << 63

# Whether the task's role may take an action on the task, in the words of a denial; raises
# NoTaskRole where there are no credentials to ask with.
Denial = Callable[[Task, str], str | None]


class NoTaskRole(Exception):
    """The task has no credentials to call ECS with."""


class Answer(NamedTuple):
    """Status and body of an answer; `detail` is for the journal."""

    status: HTTPStatus
    body: bytes
    detail: str | None = None


class _Asked(NamedTuple):
    """What a PUT asks for; None is a member that is absent or null."""

    enabled: bool | None
    minutes: int | None


@dataclass(slots=True)
class TaskProtections:
    """Remembers until when tasks are protected: one entry for each that asked, by ARN.

    Entries that have ended are forgotten, so there are never more than tasks that ask.
    """

    clock: Clock
    _until: dict[str, datetime] = field(default_factory=dict, init=False)

    def until(self, task: Task) -> datetime | None:
        """When the protection ends; None without one."""
        ends_at = self._until.get(task.arn)
        if ends_at is not None and ends_at <= self.clock.now():
            del self._until[task.arn]
            return None
        return ends_at

    def protect(self, task: Task, duration: timedelta | None) -> None:
        """Protect for so long from now, or not at all."""
        if duration is None:
            self._until.pop(task.arn, None)
            return
        now = self.clock.now()
        self._until = {arn: ends_at for arn, ends_at in self._until.items() if ends_at > now}
        self._until[task.arn] = now + duration

    def clear(self) -> None:
        """Protect nothing."""
        self._until.clear()


def get_protection(
    protections: TaskProtections, task: Task | None, denial: Denial, entropy: Entropy
) -> Answer:
    """Answer GET."""
    if task is None:
        return _not_found()
    refused = _refused_by_ecs(task, "ecs:GetTaskProtection", denial, entropy)
    return refused or _protection(task, protections.until(task))


def update_protection(
    protections: TaskProtections,
    task: Task | None,
    body: bytes,
    denial: Denial,
    entropy: Entropy,
) -> Answer:
    """Answer PUT, with the checks in the agent's order."""
    asked = _read(body)
    if asked is None:
        message = "UpdateTaskProtection: failed to decode request"
        return _error(HTTPStatus.BAD_REQUEST, "InvalidParameterException", message)
    if task is None:
        return _not_found()
    if asked.enabled is None:
        message = "Invalid request: does not contain 'ProtectionEnabled' field"
        return _error(HTTPStatus.BAD_REQUEST, "InvalidParameterException", message, task)
    if refused := _refused_by_ecs(task, "ecs:UpdateTaskProtection", denial, entropy):
        return refused
    minutes = asked.minutes
    if asked.enabled and minutes is not None and not MIN_MINUTES <= minutes <= MAX_MINUTES:
        message = f"expiresInMinutes must be between {MIN_MINUTES} and {MAX_MINUTES}"
        return _error(
            HTTPStatus.BAD_REQUEST, "InvalidParameterException", message, task, _request_id(entropy)
        )
    duration = DEFAULT_DURATION if minutes is None else timedelta(minutes=minutes)
    protections.protect(task, duration if asked.enabled else None)
    return _protection(task, protections.until(task))


def _read(body: bytes) -> _Asked | None:
    """The first JSON value of a body as the agent decodes it, or None where it cannot."""
    decoder = json.JSONDecoder(object_pairs_hook=list, parse_constant=_no_constant)
    try:
        value, _ = decoder.raw_decode(body.decode("utf-8", "replace").lstrip(" \t\r\n"))
    except (ValueError, RecursionError):
        return None
    if value is None:
        return _Asked(None, None)
    # An object comes as a list of pairs, and so may an array of arrays: its names are no text.
    if not body.lstrip(b" \t\r\n").startswith(b"{"):
        return None
    enabled: bool | None = None
    minutes: int | None = None
    for name, member in value:
        match name.lower(), member:
            case "protectionenabled", bool() | None:
                enabled = member
            case "expiresinminutes", bool():
                return None
            case "expiresinminutes", int() if -_INT64 <= member < _INT64:
                minutes = member
            case "expiresinminutes", None:
                minutes = None
            case _:
                return None
    return _Asked(enabled, minutes)


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _refused_by_ecs(task: Task, action: str, denial: Denial, entropy: Entropy) -> Answer | None:
    try:
        reason = denial(task, action)
    except NoTaskRole:
        message = "Invalid Request: no task IAM role credentials available for task"
        return _error(HTTPStatus.FORBIDDEN, "AccessDeniedException", message, task)
    if reason is not None:
        return _error(
            HTTPStatus.BAD_REQUEST, "AccessDeniedException", reason, task, _request_id(entropy)
        )
    if task.service_name is None:  # only tasks of a service can be protected
        failure: Json = {"Arn": task.arn, "Detail": None, "Reason": "TASK_NOT_VALID"}
        return Answer(HTTPStatus.OK, marshal({"failure": failure}), "the task is of no service")
    return None


def _protection(task: Task, until: datetime | None) -> Answer:
    protection: Json = {
        "ExpirationDate": None if until is None else iso_seconds(until),
        "ProtectionEnabled": until is not None,
        "TaskArn": task.arn,
    }
    return Answer(HTTPStatus.OK, marshal({"protection": protection}))


def _not_found() -> Answer:
    message = "Failed to find a task for the request"
    return _error(HTTPStatus.NOT_FOUND, "ResourceNotFoundException", message)


def _error(
    status: HTTPStatus,
    code: str,
    message: str,
    task: Task | None = None,
    request_id: str | None = None,
) -> Answer:
    error: dict[str, Json] = {} if task is None else {"Arn": task.arn}
    asked: dict[str, Json] = {} if request_id is None else {"requestID": request_id}
    body = asked | {"error": error | {"Code": code, "Message": message}}
    return Answer(status, marshal(body), message)


def _request_id(entropy: Entropy) -> str:
    digits = entropy.bytes(16, "ECS request id").hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
