"""Tasks in a whole simulator: roles that decide, protection that ends, paths of local endpoints."""

import json
from datetime import timedelta
from typing import Any

import pytest

from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.workloads.task import Task
from tests.simulator.scenes import Scene, over, scene_of

WORLD = """
account: "111122223333"
users: {alice: {policies: {all: &all {Version: "2012-10-17", Statement:
  {Effect: Allow, Action: ["ecs:*", "sts:*"], Resource: "*"}}}}, bob: {}}
roles:
  app: {policies: {all: *all}}
  poor: {}
  pull: {}
  closed: {trust: none}
  open: {trust: {Version: "2012-10-17", Statement:
    {Effect: Allow, Action: "sts:AssumeRole", Principal: {AWS: "111122223333"}}}}
tasks:
  served: {role: app, execution_role: pull, service: web}
  alone: {role: app}
  poor: {role: poor, service: web}
  refused: {role: closed, service: web}
  bare: {role: null, execution_role: pull, service: web}
ecs: {local_endpoints: user/alice}
"""
HOST = ("Host", "169.254.170.2")


@pytest.fixture
def scene() -> Scene:
    return scene_of(WORLD)


def task(scene: Scene, name: str) -> Task:
    found = scene.core.world.resolver.named(name)
    assert isinstance(found, Task)
    return found


def ask(scene: Scene, path: str, method: str = "GET", body: str = "") -> Response:
    request = Request(method, path, Headers([HOST]), body.encode())
    return scene.core.handle(over(Surface.ECS), request)


def document(response: Response) -> Any:
    assert response.status == 200, response.body
    return json.loads(response.body)


def state_of(scene: Scene, name: str) -> str:
    return f"/api/{task(scene, name).containers[0].endpoint_id}/task-protection/v1/state"


def test_each_role_of_a_task_has_a_path_and_an_identity(scene: Scene) -> None:
    served = task(scene, "served")
    own, execution = served.credentials_ids
    for credentials_id, role in ((own, "app"), (execution, "pull")):
        keys = document(ask(scene, f"/v2/credentials/{credentials_id}"))
        assert keys["RoleArn"] == f"arn:aws:iam::111122223333:role/{role}"
        arn = f"arn:aws:sts::111122223333:assumed-role/{role}/{served.id}"
        assert arn in scene.identity(keys).body.decode()


def test_a_task_without_role_has_the_path_of_its_execution_role_alone(scene: Scene) -> None:
    bare = task(scene, "bare")
    assert ask(scene, f"/v2/credentials/{bare.credentials_id}").status == 400
    [execution] = bare.credentials_ids
    assert ask(scene, f"/v2/credentials/{execution}").status == 200


def test_a_task_is_protected_until_the_time_is_up(scene: Scene) -> None:
    state = state_of(scene, "served")
    arn = task(scene, "served").arn
    unprotected = {"ExpirationDate": None, "ProtectionEnabled": False, "TaskArn": arn}
    assert document(ask(scene, state)) == {"protection": unprotected}
    put = ask(scene, state, "PUT", '{"ProtectionEnabled":true,"ExpiresInMinutes":1}')
    protected = {
        "ExpirationDate": "2026-01-02T03:05:05Z",
        "ProtectionEnabled": True,
        "TaskArn": arn,
    }
    assert document(put) == {"protection": protected}
    scene.clock.advance(timedelta(seconds=59))
    assert document(ask(scene, state)) == {"protection": protected}
    scene.clock.advance(timedelta(seconds=1))
    assert document(ask(scene, state)) == {"protection": unprotected}


def test_protection_lasts_two_hours_unless_it_is_ended(scene: Scene) -> None:
    state = state_of(scene, "served")
    put = document(ask(scene, state, "PUT", '{"ProtectionEnabled":true}'))
    assert put["protection"]["ExpirationDate"] == "2026-01-02T05:04:05Z"
    assert document(ask(scene, state_of(scene, "served")))["protection"]["ProtectionEnabled"]
    put = document(ask(scene, state, "PUT", '{"ProtectionEnabled":false}'))
    assert put["protection"]["ProtectionEnabled"] is False
    assert document(ask(scene, state)) == put


@pytest.mark.parametrize(("minutes", "status"), [(0, 400), (1, 200), (2880, 200), (2881, 400)])
def test_protection_is_for_a_minute_to_two_days(scene: Scene, minutes: int, status: int) -> None:
    body = json.dumps({"ProtectionEnabled": True, "ExpiresInMinutes": minutes})
    response = ask(scene, state_of(scene, "served"), "PUT", body)
    assert response.status == status
    if status == 400:
        told = json.loads(response.body)
        assert list(told) == ["requestID", "error"]
        assert told["error"]["Code"] == "InvalidParameterException"


def test_protection_is_forgotten_with_the_rest(scene: Scene) -> None:
    ask(scene, state_of(scene, "served"), "PUT", '{"ProtectionEnabled":true}')
    scene.core.reset()
    state = document(ask(scene, state_of(scene, "served")))
    assert state["protection"]["ProtectionEnabled"] is False


def test_only_a_task_of_a_service_can_be_protected(scene: Scene) -> None:
    for method, body in (("GET", ""), ("PUT", '{"ProtectionEnabled":true}')):
        arn = task(scene, "alone").arn
        assert document(ask(scene, state_of(scene, "alone"), method, body)) == {
            "failure": {"Arn": arn, "Detail": None, "Reason": "TASK_NOT_VALID"}
        }


def test_the_task_s_role_must_be_allowed_to_ask(scene: Scene) -> None:
    poor = task(scene, "poor")
    for method, action in (("GET", "Get"), ("PUT", "Update")):
        response = ask(scene, state_of(scene, "poor"), method, '{"ProtectionEnabled":true}')
        assert response.status == 400
        error = json.loads(response.body)["error"]
        assert error == {
            "Arn": poor.arn,
            "Code": "AccessDeniedException",
            "Message": f"User: arn:aws:sts::111122223333:assumed-role/poor/{poor.id} is not "
            f"authorized to perform: ecs:{action}TaskProtection on resource: {poor.arn} because no "
            f"identity-based policy allows the ecs:{action}TaskProtection action",
        }


@pytest.mark.parametrize("name", ["refused", "bare"])
def test_without_credentials_of_the_task_nobody_asks(scene: Scene, name: str) -> None:
    response = ask(scene, state_of(scene, name))
    assert response.status == 403
    assert json.loads(response.body)["error"]["Message"] == (
        "Invalid Request: no task IAM role credentials available for task"
    )


def test_the_buckets_of_the_throttle_outlive_a_reload_and_are_full_after_a_reset(
    scene: Scene,
) -> None:
    path = task(scene, "served").credentials_path
    assert [ask(scene, path).status for _ in range(61)] == [200] * 60 + [429]
    scene.core.swap(scene.world(WORLD))
    assert ask(scene, path).status == 429
    scene.core.reset()
    assert ask(scene, path).status == 200


OPEN = ("arn:aws:iam::111122223333:role/open", "assumed-role/open/ecs-local-open")
FIELDS = ["AccessKeyId", "Expiration", "RoleArn", "SecretAccessKey", "Token"]


@pytest.mark.parametrize(
    ("path", "role_arn", "arn"),
    [
        ("/creds", "", "arn:aws:iam::111122223333:user/alice"),
        ("/creds/", "", "arn:aws:iam::111122223333:user/alice"),
        ("/role/open", *OPEN),
        ("/role/open/", *OPEN),
        (
            "/role-arn/arn:aws:iam::111122223333:role/open",
            *OPEN,
        ),
    ],
)
def test_local_endpoints_answer_for_the_identity_of_the_host(
    scene: Scene, path: str, role_arn: str, arn: str
) -> None:
    response = ask(scene, path)
    keys = document(response)
    assert list(keys) == FIELDS
    assert response.body.endswith(b"}\n")
    assert (keys["RoleArn"], keys["Expiration"]) == (role_arn, "2026-01-02T04:04:05Z")
    assert arn in scene.identity(keys).body.decode()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/role/nobody", "NoSuchEntity: The role with name nobody cannot be found."),
        ("/role/closed", "AccessDenied: User: arn:aws:iam::111122223333:user/alice is not"),
    ],
)
def test_local_endpoints_fail_in_the_words_of_the_sdk(scene: Scene, path: str, told: str) -> None:
    response = ask(scene, path)
    assert response.status == 500
    assert response.body.decode().startswith(f"Internal Server Error: {told}")
    assert ("Content-Type", "text/plain; charset=utf-8") in response.headers


def test_local_endpoints_pass_on_credentials_that_are_temporary_already() -> None:
    scene = scene_of(WORLD.replace("user/alice", "served"))
    own = document(ask(scene, task(scene, "served").credentials_path))
    passed = document(ask(scene, "/creds"))
    assert passed["AccessKeyId"] == own["AccessKeyId"]
    assert passed["RoleArn"] == ""


def test_local_endpoints_are_off_unless_they_are_asked_for() -> None:
    scene = scene_of(WORLD.replace("ecs: {local_endpoints: user/alice}", ""))
    for path in ("/creds", "/role/open", "/role-arn/arn:aws:iam::111122223333:role/open"):
        assert ask(scene, path).status == 404


def test_an_instance_shows_the_credentials_of_the_tasks_that_run_on_it() -> None:
    scene = scene_of(
        "roles: {app: {}, pull: {}, web: {}}\n"
        "instances: {a: {role: web}, b: {clients: [10.0.0.1]}}\n"
        "tasks: {t: {role: app, execution_role: pull, instance: a}, u: {role: app}}"
    )
    one = task(scene, "t")
    base = "/latest/meta-data/iam-ecs-1"
    names = [f"{one.id}-TaskApplication", f"{one.id}-TaskExecution"]
    assert "iam-ecs-1/" in scene.get("/latest/meta-data/").body.decode().splitlines()
    assert scene.get(f"{base}/security-credentials/").body.decode().splitlines() == names
    info = json.loads(scene.get(f"{base}/info").body)
    assert list(info["TaskCredentials"]) == names
    for name, role in zip(names, ("app", "pull"), strict=True):
        assert info["TaskCredentials"][name]["RoleARN"].endswith(f"/{role}")
        keys = json.loads(scene.get(f"{base}/security-credentials/{name}").body)
        arn = f"assumed-role/{role}/{one.id}"
        assert arn in scene.identity(keys).body.decode()
    own = json.loads(ask(scene, one.credentials_path).body)
    shown = json.loads(scene.get(f"{base}/security-credentials/{names[0]}").body)
    assert shown["AccessKeyId"] == own["AccessKeyId"]


def test_an_instance_without_tasks_shows_none(scene: Scene) -> None:
    bare = scene_of("roles: {web: {}}\ninstances: {a: {role: web}}")
    assert "iam-ecs" not in bare.get("/latest/meta-data/").body.decode()
    assert bare.get("/latest/meta-data/iam-ecs-1/info").status == 404
