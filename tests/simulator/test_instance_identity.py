"""The credentials of the instance identity role: real ones, for GetCallerIdentity."""

import json
import re
from datetime import timedelta

import pytest

from imds_sim.simulator.overlay import Setting
from tests.simulator.scenes import Scene, scene_of

PATH = "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance"
WORLD = """
roles:
  web: {}
  open:
    trust:
      Version: "2012-10-17"
      Statement: {Effect: Allow, Principal: "*", Action: "sts:AssumeRole"}
instances:
  web-1: {role: web, id: i-0123456789abcdef0, metadata_options: {http_tokens: optional}}
  bare: {id: i-0fedcba9876543210, listen: ["127.0.0.1:0"]}
"""


@pytest.fixture
def scene() -> Scene:
    return scene_of(WORLD)


def keys_of(scene: Scene, instance: str | None = None) -> dict[str, str]:
    found: dict[str, str] = json.loads(scene.get(PATH, instance).body)
    return found


def element(name: str, body: bytes) -> str:
    found = re.search(f"<{name}>(.*)</{name}>", body.decode())
    assert found, body
    return found[1]


@pytest.mark.parametrize(
    ("instance", "instance_id"),
    [
        pytest.param("web-1", "i-0123456789abcdef0", id="with a role"),
        pytest.param("bare", "i-0fedcba9876543210", id="without"),
    ],
)
def test_get_caller_identity_answers_for_them(
    scene: Scene, instance: str, instance_id: str
) -> None:
    answer = scene.identity(keys_of(scene, instance))
    assert answer.status == 200
    arn = f"arn:aws:sts::111122223333:assumed-role/aws:ec2-instance/{instance_id}"
    assert element("Arn", answer.body) == arn
    assert element("UserId", answer.body) == f"111122223333:aws:ec2-instance:{instance_id}"
    assert element("Account", answer.body) == "111122223333"


def test_they_are_not_the_roles(scene: Scene) -> None:
    identity = keys_of(scene)
    assert identity["Code"] == "Success"
    held = {scene.credentials()["AccessKeyId"], scene.credentials(v1=True)["AccessKeyId"]}
    assert identity["AccessKeyId"] not in held
    assert json.loads(scene.get(PATH, v1=True).body) == identity


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("AssumeRole", {"RoleArn": "arn:aws:iam::111122223333:role/web", "RoleSessionName": "me"}),
        ("AssumeRole", {"RoleArn": "arn:aws:iam::111122223333:role/open", "RoleSessionName": "me"}),
        ("GetSessionToken", {}),
        ("GetFederationToken", {"Name": "me"}),
        ("GetAccessKeyInfo", {"AccessKeyId": "ASIAIOSFODNN7EXAMPLE"}),
    ],
)
def test_they_may_do_nothing_else(scene: Scene, action: str, parameters: dict[str, str]) -> None:
    answer = scene.sts(keys_of(scene), Action=action, **parameters)
    assert (answer.status, element("Code", answer.body)) == (403, "AccessDenied")


def test_nobody_can_assume_the_identity_role(scene: Scene) -> None:
    arn = "arn:aws:iam::111122223333:role/aws:ec2-instance"
    answer = scene.sts(
        scene.credentials(), Action="AssumeRole", RoleArn=arn, RoleSessionName="i-0123456789abcdef0"
    )
    assert (answer.status, element("Code", answer.body)) == (403, "AccessDenied")


def test_they_last_as_long_as_a_roles_and_are_replaced_hourly(scene: Scene) -> None:
    first = keys_of(scene)
    scene.clock.advance(timedelta(minutes=53))
    scene.core.tick()
    assert keys_of(scene) == first
    scene.clock.advance(timedelta(minutes=7))
    scene.core.tick()
    second = keys_of(scene)
    assert second["AccessKeyId"] != first["AccessKeyId"]
    assert scene.identity(first).status == 200  # to its own end
    scene.clock.advance(timedelta(hours=5, minutes=34, seconds=59))
    assert scene.identity(first).status == 200
    scene.clock.advance(timedelta(seconds=1))
    assert element("Code", scene.identity(first).body) == "ExpiredToken"


def test_rotation_replaces_what_was_read_and_a_reload_keeps_it(scene: Scene) -> None:
    read = keys_of(scene, "bare")
    scene.core.swap(scene.world(WORLD))
    assert keys_of(scene, "bare") == read
    assert scene.core.rotate("bare") == 1
    assert keys_of(scene, "bare") != read
    assert scene.core.rotate("web-1") == 2  # nobody has read its identity


def test_an_instance_that_became_another_one_gets_credentials_of_its_own(scene: Scene) -> None:
    read = keys_of(scene, "bare")
    scene.core.swap(scene.world(WORLD.replace("i-0fedcba9876543210", "i-0fedcba9876543211")))
    found = scene.identity(keys_of(scene, "bare"))
    assert element("Arn", found.body).endswith("/i-0fedcba9876543211")
    assert element("Arn", scene.identity(read).body).endswith("/i-0fedcba9876543210")


def test_another_emulator_learns_who_holds_them(scene: Scene) -> None:
    keys = keys_of(scene)
    found = scene.core.sts.verify(keys["AccessKeyId"], keys["Token"])
    assert found.kind == "instance-identity"
    assert found.arn.endswith(":assumed-role/aws:ec2-instance/i-0123456789abcdef0")
    assert found.identity_policies == ()


def test_a_change_at_run_time_leaves_them_as_they_are(scene: Scene) -> None:
    read = keys_of(scene)
    option = Setting(
        "instances.web-1.metadata_options.http_tokens",
        ("options", "http_tokens_required"),
        True,
        "required",
    )
    scene.core.lay_over(scene.core.overlay.with_settings("web-1", option))
    assert scene.get(PATH, v1=True).status == 401
    assert keys_of(scene) == read
