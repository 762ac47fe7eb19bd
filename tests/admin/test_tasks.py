"""Tasks that come and go while the daemon runs, in a whole simulator."""

import json
from dataclasses import dataclass
from typing import Any, cast

import pytest

from imds_sim.admin.api import AdminApi, AdminReply
from imds_sim.admin.backend import AdminBackend
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request
from imds_sim.simulator.core import Core
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.simulator.overlay import MOST_ADDED
from imds_sim.workloads.task import Task
from tests.simulator.scenes import Scene, over, scene_of

WORLD = """
account: "111122223333"
roles: {worker: {}, closed: {trust: none}, web: {}}
tasks: {api: {role: worker, address: 172.31.0.9, credentials_id: api-1}}
instances: {web-1: {role: web}}
"""
URL = "http://127.0.0.1:1340"


@dataclass
class Served:
    core: Core

    def endpoints(self) -> Endpoints:
        return Endpoints({Surface.ECS: (URL,)})

    def tick(self) -> None:
        pass


@pytest.fixture
def scene() -> Scene:
    return scene_of(WORLD)


@pytest.fixture
def api(scene: Scene) -> AdminApi:
    return AdminApi(cast(AdminBackend, Served(scene.core)))


def start(api: AdminApi, name: object, **keys: object) -> AdminReply:
    return api.handle("POST", "/v1/tasks", {}, json.dumps({"name": name, **keys}).encode())


def read(scene: Scene, path: str) -> tuple[int, Any]:
    request = Request("GET", path, Headers([("Host", "169.254.170.2")]))
    response = scene.core.handle(over(Surface.ECS), request)
    return response.status, json.loads(response.body)


def test_a_task_that_is_started_gets_its_environment_and_its_identity(
    api: AdminApi, scene: Scene
) -> None:
    reply = start(api, "job", role="worker", containers={"a": {}, "b": None})
    assert reply.status == 200
    assert (reply.document["as"], reply.document["kind"]) == ("job", "task")
    variables = cast(dict[str, str], reply.document["set"])
    path = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"].removeprefix(URL)
    status, keys = read(scene, path)
    assert status == 200
    job = scene.core.world.resolver.named("job")
    assert isinstance(job, Task)
    assert f"assumed-role/worker/{job.id}".encode() in scene.identity(keys).body
    own = variables["ECS_CONTAINER_METADATA_URI_V4"].removeprefix(URL)
    names = [each["Name"] for each in read(scene, f"{own}/task")[1]["Containers"]]
    assert names == ["a", "b"]


def test_a_task_may_run_on_an_instance_that_is_there(api: AdminApi, scene: Scene) -> None:
    assert start(api, "job", role="worker", instance="web-1").status == 200
    job = scene.core.world.resolver.named("job")
    assert isinstance(job, Task)
    assert job.instance == "web-1"


def test_a_task_that_is_stopped_is_unknown_and_what_it_was_given_stays_good(
    api: AdminApi, scene: Scene
) -> None:
    status, keys = read(scene, "/v2/credentials/api-1")
    assert status == 200
    assert api.handle("DELETE", "/v1/tasks", {"as": "api"}).status == 200
    assert read(scene, "/v2/credentials/api-1")[1]["code"] == "InvalidIdInRequest"
    assert scene.identity(keys).status == 200


def test_a_task_has_the_ids_that_it_had_when_it_is_started_again(
    api: AdminApi, scene: Scene
) -> None:
    first = start(api, "job", role="worker").document
    api.handle("DELETE", "/v1/tasks", {"as": "job"})
    assert start(api, "job", role="worker").document == first


def test_tasks_are_kept_over_a_reload_and_gone_after_a_reset(api: AdminApi, scene: Scene) -> None:
    start(api, "job", role="worker")
    scene.core.swap(scene.world(WORLD))
    assert "job" in scene.core.world.resolver.workloads
    scene.core.reset()
    assert "job" not in scene.core.world.resolver.workloads


def test_no_two_workloads_get_one_address(api: AdminApi, scene: Scene) -> None:
    for number in range(40):
        assert start(api, f"job-{number}", role="worker").status == 200
    tasks = [
        each for each in scene.core.world.resolver.workloads.values() if isinstance(each, Task)
    ]
    addresses = {each.interface.private_ipv4 for each in tasks if each.interface}
    assert len(addresses) == len(tasks) == 41


@pytest.mark.parametrize(
    ("keys", "status", "told"),
    [
        ({"name": "api", "role": "worker"}, 409, "there is a workload named 'api' already"),
        ({"name": "web-1", "role": "worker"}, 409, "there is a workload named 'web-1' already"),
        ({"name": "api", "role": "worker", "credentials_id": "api-1"}, 409, "named 'api' already"),
        ({"name": "a b", "role": "worker"}, 400, "'a b' is not a name"),
        ({"role": "worker"}, 400, "name must be text"),
        ({"name": "t"}, 400, "role: is missing"),
        ({"name": "t", "role": "nobody"}, 400, "role: no role 'nobody'; roles are declared"),
        ({"name": "t", "role": None, "execution_role": "x"}, 400, "execution_role: no role 'x'"),
        ({"name": "t", "role": "worker", "clustr": "x"}, 400, "did you mean cluster?"),
        ({"name": "t", "role": "worker", "launch_type": "X"}, 400, "launch_type: must be EC2"),
        ({"name": "t", "role": "worker", "credentials_id": "api-1"}, 400, "another task has it"),
        (
            {"name": "t", "role": "worker", "instance": "web-2"},
            400,
            "instance: no instance 'web-2'",
        ),
        ({"name": "t", "role": "worker", "address": "172.31.0.9"}, 400, "172.31.0.9 is taken"),
        (
            {"name": "t", "role": "worker", "launch_type": "FARGATE", "network_mode": "host"},
            400,
            "must be awsvpc",
        ),
        ({"name": "t", "role": "worker", "lifetime": "5m"}, 400, "lifetime: 5m is too short"),
    ],
)
def test_what_the_file_could_not_say_is_refused(
    api: AdminApi, scene: Scene, keys: dict[str, object], status: int, told: str
) -> None:
    reply = api.handle("POST", "/v1/tasks", {}, json.dumps(keys).encode())
    assert reply.status == status
    assert told in str(reply.document)
    assert set(scene.core.world.resolver.workloads) == {"api", "web-1"}


@pytest.mark.parametrize(
    ("query", "status"), [({}, 400), ({"as": "no"}, 404), ({"as": "web-1"}, 404)]
)
def test_only_a_task_can_be_stopped(api: AdminApi, query: dict[str, str], status: int) -> None:
    assert api.handle("DELETE", "/v1/tasks", query).status == status


def test_a_role_that_does_not_trust_ecs_gives_its_task_nothing(api: AdminApi, scene: Scene) -> None:
    variables = cast(dict[str, str], start(api, "job", role="closed").document["set"])
    path = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"].removeprefix(URL)
    assert read(scene, path)[1]["code"] == "CredentialsUninitialized"


def test_a_thousand_tasks_may_be_started_and_no_more(api: AdminApi, scene: Scene) -> None:
    job = scene.core.world.resolver.named("api")
    added = {f"job-{number}": job for number in range(MOST_ADDED - 1)}
    scene.core.overlay = type(scene.core.overlay)(added=added)
    assert start(api, "last", role="worker").status == 200
    assert start(api, "more", role="worker").status == 409
