"""Ageing the service: what was handed out runs out at the STS, and readers have a new set."""

from datetime import timedelta

from tests.simulator.scenes import Scene, scene_of

WORLD = "{roles: {web: {}}, instances: {web-1: {role: web}}}"
LIFE = timedelta(hours=6, minutes=35)


def code_of(scene: Scene, keys: dict[str, str]) -> str:
    answer = scene.identity(keys)
    return "ok" if answer.status == 200 else answer.body.decode().split("<Code>")[1].split("<")[0]


def test_past_its_expiry_a_set_is_refused_by_the_sts_and_a_new_one_works() -> None:
    scene = scene_of(WORLD)
    old = scene.credentials()
    scene.core.advance(LIFE - timedelta(seconds=1))
    assert code_of(scene, old) == "ok"
    scene.core.advance(timedelta(seconds=1))
    assert code_of(scene, old) == "ExpiredToken"
    scene.core.tick()
    new = scene.credentials()
    assert new["AccessKeyId"] != old["AccessKeyId"]
    assert code_of(scene, new) == "ok"


def test_a_set_does_not_age_while_the_clock_stands_still() -> None:
    scene = scene_of(WORLD)
    held = scene.credentials()
    scene.core.clock.go_at(0)
    scene.clock.advance(2 * LIFE)
    assert code_of(scene, held) == "ok"
    assert scene.credentials() == held


def test_a_set_runs_out_sooner_on_a_fast_clock() -> None:
    scene = scene_of(WORLD)
    old = scene.credentials()
    scene.core.clock.go_at(3600)
    scene.clock.advance(timedelta(seconds=7))
    assert code_of(scene, old) == "ExpiredToken"
    scene.core.tick()
    assert code_of(scene, scene.credentials()) == "ok"
