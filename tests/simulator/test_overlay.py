"""What is changed at run time counts from the next request, and lasts as long as it should."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.simulator.overlay import (
    MOST_ADDED,
    NameTaken,
    Overlay,
    Setting,
    TooManyAdded,
    named_instance,
)
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.resolve import WorkloadUnknown
from imds_sim.workloads.task import Task
from tests.simulator.scenes import Scene, scene_of
from tests.worlds import world_of

FILE = """
roles: {{web: {{}}}}
instances:
  web-1: {{role: web, tags: {{Name: {name}}}, metadata_options: {{http_tokens: {tokens}}}}}
"""
REQUIRED = FILE.format(name="web-1", tokens="required")
OPEN = Setting(
    "metadata_options.http_tokens", ("options", "http_tokens_required"), False, "optional"
)
NAMED = Setting("tags.Name", ("tags", "Name"), "other", "other")
REMOVED = Setting("tags.Name", ("tags", "Name"), None, None)


@pytest.fixture
def scene() -> Scene:
    return scene_of(REQUIRED)


def change(scene: Scene, *settings: Setting) -> None:
    scene.core.lay_over(scene.core.overlay.with_settings("web-1", *settings))


def opened(scene: Scene) -> bool:
    status = scene.get("/", v1=True).status
    assert status in {200, 401}
    return status == 200


def test_a_change_counts_from_the_next_request(scene: Scene) -> None:
    assert not opened(scene)
    change(scene, OPEN)
    assert opened(scene)
    first, second = scene.credentials(v1=True), scene.credentials()
    assert first["AccessKeyId"] != second["AccessKeyId"]
    change(scene, replace(OPEN, value=True))
    assert not opened(scene)


def test_a_change_leaves_the_credentials_that_still_fit(scene: Scene) -> None:
    before = scene.credentials()
    change(scene, OPEN)
    assert scene.credentials() == before
    scene.clock.advance(timedelta(hours=1))
    scene.core.tick()
    assert scene.credentials() != before


def test_reset_goes_back_to_the_file(scene: Scene) -> None:
    change(scene, OPEN)
    scene.core.reset()
    assert not opened(scene)
    assert not scene.core.overlay
    assert scene.core.world is scene.core.configured


@pytest.mark.parametrize(
    ("file", "stays"),
    [
        pytest.param(REQUIRED, True, id="the same file"),
        pytest.param(FILE.format(name="x", tokens="required"), True, id="another key"),
        pytest.param(FILE.format(name="x", tokens="optional"), False, id="that very key"),
        pytest.param("instances: {web-2: {}}", False, id="no such instance any more"),
    ],
)
def test_a_change_survives_a_reload_unless_the_file_changed_that_key(
    scene: Scene, file: str, stays: bool
) -> None:
    change(scene, OPEN)
    scene.core.swap(scene.world(file))
    assert bool(scene.core.overlay) is stays
    if stays:
        assert opened(scene)
        scene.core.swap(scene.world(file))
        assert opened(scene)


@pytest.mark.parametrize(("setting", "tags"), [(NAMED, {"Name": "other"}), (REMOVED, {})])
def test_an_entry_of_a_mapping_is_set_or_removed(
    scene: Scene, setting: Setting, tags: dict[str, str]
) -> None:
    change(scene, setting)
    assert named_instance(scene.core.world, "web-1").tags == tags
    assert named_instance(scene.core.configured, "web-1").tags == {"Name": "web-1"}


def test_a_setting_can_be_taken_back(scene: Scene) -> None:
    change(scene, OPEN, NAMED)
    scene.core.lay_over(scene.core.overlay.without_settings("web-1", OPEN.key))
    assert not opened(scene)
    assert list(scene.core.overlay.settings.values()) == [NAMED]


def test_a_workload_comes_and_goes(task: Task) -> None:
    scene = scene_of(REQUIRED)
    core = scene.core
    core.lay_over(core.overlay.with_workload(task, core.world))
    assert core.world.resolver.named("api") is task
    assert list(core.world.resolver.workloads) == ["web-1", "api"]
    with pytest.raises(NameTaken):
        core.overlay.with_workload(task, core.world)
    core.swap(scene.world(REQUIRED))
    assert core.world.resolver.named("api") is task
    core.lay_over(core.overlay.without_workload("api", core.world))
    with pytest.raises(WorkloadUnknown):
        core.rotate("api")
    assert not core.overlay


def test_a_workload_of_the_file_stays_away_until_the_file_changes_it(scene: Scene) -> None:
    core = scene.core
    change(scene, OPEN)
    core.lay_over(core.overlay.without_workload("web-1", core.world))
    assert scene.get("/").status == 403
    core.swap(scene.world(REQUIRED))
    assert scene.get("/").status == 403
    core.swap(scene.world(FILE.format(name="other", tokens="required")))
    assert scene.get("/").status == 200
    assert not core.overlay


def test_the_file_wins_over_an_added_workload_of_its_name(task: Task) -> None:
    empty = world_of()
    overlay = Overlay().with_workload(task, empty)
    assert not overlay.carried(empty, world_of(replace(task, cluster="other")))


def test_a_workload_of_the_file_can_be_replaced(task: Task) -> None:
    world, other = world_of(task), replace(task, cluster="other")
    overlay = Overlay().without_workload("api", world)
    overlay = overlay.with_workload(other, overlay.over(world))
    assert overlay.over(world).resolver.named("api") is other
    assert overlay.carried(world, world) == overlay


@pytest.mark.parametrize(("there", "fits"), [(MOST_ADDED - 1, True), (MOST_ADDED, False)])
def test_a_thousand_workloads_can_be_added(task: Task, there: int, fits: bool) -> None:
    world: World = world_of()
    overlay = Overlay(added={f"task-{number}": task for number in range(there)})
    if fits:
        overlay.with_workload(task, world)
    else:
        with pytest.raises(TooManyAdded):
            overlay.with_workload(task, world)


def test_what_is_set_on_an_added_workload_goes_with_it(
    make_instance: Callable[..., Instance],
) -> None:
    world = world_of()
    overlay = Overlay().with_workload(make_instance("new"), world)
    overlay = overlay.with_settings("new", NAMED)
    assert named_instance(overlay.over(world), "new").tags == {"Name": "other"}
    assert overlay.carried(world, world) == overlay
    assert not overlay.without_workload("new", overlay.over(world))


ABSENT = Setting("tags.Team", ("tags", "Team"), None, None)


@pytest.mark.parametrize(
    "back", [replace(OPEN, value=True), replace(NAMED, value="web-1"), ABSENT], ids=lambda s: s.key
)
def test_what_says_the_same_as_the_file_is_no_change(scene: Scene, back: Setting) -> None:
    change(scene, OPEN)
    assert scene.core.overlay
    change(scene, replace(OPEN, value=True), back)
    assert not scene.core.overlay
    change(scene, REMOVED)
    assert scene.core.overlay
