from collections.abc import Callable
from datetime import timedelta

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.kernel.message import Notes
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance, InstanceProfile
from imds_sim.workloads.task import Task
from tests.admin_backend import FakeBackend, fake_backend
from tests.conftest import ROLE
from tests.worlds import ALICE, ISSUED_AT, world_of

PROFILE = InstanceProfile("arn:aws:iam::111122223333:instance-profile/web", "AIPA", ROLE)


@pytest.fixture
def backend(make_instance: Callable[..., Instance], task: Task, function: Function) -> FakeBackend:
    """web-1 with a role, web-2 without, a task and a function."""
    web_1, web_2 = make_instance("web-1", profile=PROFILE), make_instance("web-2")
    return fake_backend(world_of(web_1, web_2, task, function, users=[ALICE]))


@pytest.fixture
def api(backend: FakeBackend) -> AdminApi:
    return AdminApi(backend)


@pytest.fixture
def record(backend: FakeBackend) -> Callable[..., None]:
    """Journal a request to a path."""

    def add(path: str, surface: str = "imds", workload: str | None = "web-1") -> None:
        backend.core.journal.record(
            time=ISSUED_AT,
            surface=surface,
            workload=workload,
            client="127.0.0.1",
            user_agent="curl/8",
            method="GET",
            target=path,
            status=200,
            notes=Notes(
                imds_version=2,
                access_key_id="ASIAHELD",
                expires_at=ISSUED_AT + timedelta(hours=6),
            ),
            duration=timedelta(milliseconds=1.5),
        )

    return add
