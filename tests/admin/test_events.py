import json
from datetime import timedelta

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.simulator.overlay import named_instance
from tests.admin_backend import FakeBackend
from tests.simulator.scenes import Scene, scene_of
from tests.worlds import ISSUED_AT

EVENTS = "/v1/instances/web-1/events"
SECOND = timedelta(seconds=1)


def post(api: AdminApi, **event: object) -> tuple[int, object]:
    reply = api.handle("POST", EVENTS, {}, json.dumps(event).encode())
    return reply.status, reply.document.get("events")


def test_an_event_counts_from_now_and_is_listed_until_it_is_cleared(
    api: AdminApi, backend: FakeBackend
) -> None:
    assert post(api, type="spot", action="terminate", **{"in": "10m"}) == (
        200,
        [{"type": "spot", "action": "terminate", "at": "2026-01-02T03:14:05Z", "told": False}],
    )
    spot = named_instance(backend.core.world, "web-1").events.spot
    assert spot is not None
    assert spot.notice_at == ISSUED_AT + timedelta(minutes=8)
    assert '"key": "events.spot"' in json.dumps(api.handle("GET", "/v1/status", {}).document)
    assert api.handle("DELETE", EVENTS, {"type": "rebalance"}).document["events"] != []
    assert api.handle("DELETE", EVENTS, {"type": "spot"}).document == {"events": []}


def test_maintenance_is_added_and_changed_by_its_id(api: AdminApi) -> None:
    _, listed = post(api, type="maintenance", **{"in": "3d"})
    assert isinstance(listed, list)
    _, listed = post(api, type="maintenance", **{"in": "4d"})
    assert isinstance(listed, list)
    first, second = (each["id"] for each in listed)
    assert first != second
    _, listed = post(api, type="maintenance", id=first, state="canceled")
    assert isinstance(listed, list)
    assert {each["id"]: each["state"] for each in listed} == {first: "canceled", second: "active"}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "reboot"},
        {"type": "spot", "in": "soon"},
        {"type": "spot", "state": "active"},
        {"type": "spot", "more": 1},
        {"type": "lifecycle"},
    ],
)
def test_a_wrong_event_is_refused(api: AdminApi, event: dict[str, object]) -> None:
    assert post(api, **event) == (400, None)


def test_a_wrong_type_to_clear_is_refused(api: AdminApi) -> None:
    assert api.handle("DELETE", EVENTS, {"type": "x"}).status == 400


def test_a_hundred_events_are_enough(api: AdminApi) -> None:
    for _ in range(100):
        assert post(api, type="lifecycle", state="InService")[0] == 200
    assert post(api, type="lifecycle", state="InService")[0] == 400


def test_an_event_of_the_file_counts_from_the_start() -> None:
    scene: Scene = scene_of(
        "instances: {web-1: {events: [{type: spot, action: hibernate, in: 1m}, "
        "{type: lifecycle, state: InService}]}}"
    )
    path = "/latest/meta-data/spot/instance-action"
    scene.clock.advance(60 * SECOND - SECOND)
    assert scene.get(path).status == 404
    scene.clock.advance(SECOND)
    assert b"hibernate" in scene.get(path).body
    assert scene.get("/latest/meta-data/autoscaling/target-lifecycle-state").body == b"InService"


def test_a_shifted_clock_decides() -> None:
    scene = scene_of(
        "instances: {web-1: {events: [{type: rebalance, at: '2026-01-02T04:04:05Z'}]}}"
    )
    path = "/latest/meta-data/events/recommendations/rebalance"
    assert scene.get(path).status == 404
    scene.core.advance(timedelta(hours=1))
    assert scene.get(path).status == 200
