"""Audit, alarms and counters of a whole core, as its clients cause them."""

from datetime import timedelta

import pytest

from imds_sim.sts.audit.alarms import State
from tests.simulator.scenes import Scene, scene_of

WORLD = """
roles: {web: {}}
instances: {web-1: {role: web, metadata_options: {http_tokens: %s}}}
alarms:
  refused: {event_name: AssumeRole, error_code: AccessDenied, threshold: 5, period: 1m}
  elsewhere: {event_name: AssumeRole, not_source_addresses: [10.0.0.0/8]}
  hoarded: {hoarding: 10m}
"""
WEB = "arn:aws:iam::111122223333:role/web"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene() -> Scene:
    return scene_of(WORLD % "optional")


def in_alarm(scene: Scene) -> set[str]:
    states = scene.core.alarms.states(scene.core.clock.now())
    return {alarm.name for alarm in states if alarm.state is State.ALARM}


def test_services_raise_no_alarm_and_clients_do(scene: Scene) -> None:
    assert len(scene.core.audit) == 2
    assert in_alarm(scene) == set()
    held = scene.credentials()
    for _ in range(5):
        scene.sts(held, Action="AssumeRole", RoleArn=WEB, RoleSessionName="me")
    assert in_alarm(scene) == {"refused", "elsewhere"}
    scene.clock.advance(MINUTE)
    scene.core.tick()
    assert in_alarm(scene) == set()


def test_an_old_set_in_use_long_after_its_workload_was_handed_a_new_one_is_hoarded(
    scene: Scene,
) -> None:
    old, of_v1 = scene.credentials(), scene.credentials(v1=True)
    scene.clock.advance(2 * 60 * MINUTE)
    scene.core.tick()
    scene.identity(old)
    assert in_alarm(scene) == set()  # there is a new one, but nobody was handed it
    scene.credentials()
    scene.clock.advance(10 * MINUTE)
    scene.identity(old)
    assert in_alarm(scene) == set()
    scene.clock.advance(timedelta(seconds=1))
    scene.identity(of_v1)  # whoever reads as IMDSv1 was handed nothing newer
    assert in_alarm(scene) == set()
    scene.identity(old)
    assert in_alarm(scene) == {"hoarded"}


def test_a_key_that_is_only_claimed_hoards_nothing(scene: Scene) -> None:
    old = scene.credentials()
    scene.core.rotate()
    scene.credentials()
    scene.clock.advance(11 * MINUTE)
    assert scene.identity({**old, "SecretAccessKey": "guessed"}).status == 403
    assert in_alarm(scene) == set()


@pytest.mark.parametrize(
    ("tokens", "counted"),
    [
        ("optional", {"MetadataNoToken": 1, "MetadataNoTokenRejected": 0}),
        ("required", {"MetadataNoToken": 0, "MetadataNoTokenRejected": 1}),
    ],
)
def test_what_is_asked_without_a_token_is_counted(tokens: str, counted: dict[str, int]) -> None:
    scene = scene_of(WORLD % tokens)
    scene.get("/latest/meta-data/")
    assert set(scene.core.counters.of("web-1").values()) == {0}
    scene.get("/latest/meta-data/", v1=True)
    assert scene.core.counters.of("web-1") == counted


def test_a_reset_forgets_all_of_it(scene: Scene) -> None:
    held = scene.credentials(v1=True)
    for _ in range(5):
        scene.sts(held, Action="AssumeRole", RoleArn=WEB, RoleSessionName="me")
    scene.core.reset()
    assert in_alarm(scene) == set()
    assert set(scene.core.counters.of("web-1").values()) == {0}
    assert [record["eventName"] for record in scene.core.audit] == ["AssumeRole"] * 2  # anew


def test_a_reload_brings_other_alarms_and_options(scene: Scene) -> None:
    world = scene.world("audit: {capacity: 1}\n" + (WORLD % "optional").replace("hoarded", "kept"))
    scene.core.swap(world)
    scene.core.rotate()
    names = [alarm.name for alarm in scene.core.alarms.states(scene.core.clock.now())]
    assert names == ["refused", "elsewhere", "kept"]
    assert len(scene.core.audit) == 1
