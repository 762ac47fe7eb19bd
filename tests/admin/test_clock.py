import json
from collections.abc import Callable
from typing import Any

import pytest

from imds_sim.admin.api import AdminApi
from tests.admin_backend import FakeBackend

WALL = "2026-01-02T03:04:05Z"


def ask(api: AdminApi, line: str, body: object = None) -> tuple[int, Any]:
    method, path = line.split()
    reply = api.handle(method, path, {}, json.dumps(body).encode())
    return reply.status, reply.document


def test_the_clock_is_moved_shown_and_reset(api: AdminApi, backend: FakeBackend) -> None:
    real = {"now": WALL, "wall": WALL, "shift_seconds": 0.0, "rate": 1.0}
    assert ask(api, "GET /v1/clock") == (200, real)
    ahead = {"now": "2026-01-02T04:04:05Z", "wall": WALL, "shift_seconds": 3600.0, "rate": 1.0}
    assert ask(api, "POST /v1/clock/advance", {"seconds": 3600}) == (200, ahead)
    assert ask(api, "GET /v1/clock") == (200, ahead)
    assert ask(api, "GET /v1/status")[1]["clock"] == ahead
    behind = {"now": "2026-01-02T03:04:04Z", "wall": WALL, "shift_seconds": -0.5, "rate": 1.0}
    assert ask(api, "POST /v1/clock/advance", {"seconds": -3600.5}) == (200, behind)
    assert ask(api, "DELETE /v1/clock") == (200, real)
    assert backend.ticks == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "InvalidBody"),
        (None, "InvalidBody"),
        ([], "InvalidBody"),
        ({"seconds": "60"}, "InvalidBody"),
        ({"seconds": True}, "InvalidBody"),
        ({"seconds": None}, "InvalidBody"),
        ({"seconds": float("nan")}, "InvalidBody"),
        ({"seconds": float("inf")}, "InvalidBody"),
        ({"seconds": 10**400}, "InvalidBody"),
        ({"seconds": 1e15}, "InvalidBody"),
        ({"seconds": 60, "minutes": 1}, "InvalidBody"),
        ({"seconds": 11 * 365 * 86400}, "ShiftTooFar"),
        ({"seconds": -11 * 365 * 86400}, "ShiftTooFar"),
    ],
)
def test_what_is_no_span_of_time_moves_nothing(
    api: AdminApi, backend: FakeBackend, body: object, code: str
) -> None:
    status, document = ask(api, "POST /v1/clock/advance", body)
    assert (status, document["error"]["code"]) == (400, code)
    assert not backend.core.clock.shift
    assert backend.ticks == 0


def test_the_clock_stands_still_speeds_up_and_is_reset(api: AdminApi, backend: FakeBackend) -> None:
    still = {"now": WALL, "wall": WALL, "shift_seconds": 0.0, "rate": 0}
    assert ask(api, "POST /v1/clock/freeze") == (200, still)
    assert ask(api, "POST /v1/clock/speed", {"factor": 60}) == (200, {**still, "rate": 60})
    assert ask(api, "DELETE /v1/clock") == (200, {**still, "rate": 1.0})
    assert backend.ticks == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "InvalidBody"),
        ({"factor": "fast"}, "InvalidBody"),
        ({"factor": True}, "InvalidBody"),
        ({"factor": float("nan")}, "InvalidBody"),
        ({"factor": 10**400}, "InvalidBody"),
        ({"factor": -0.1}, "RateImpossible"),
        ({"factor": 86_401}, "RateImpossible"),
    ],
)
def test_no_other_pace_is_taken(
    api: AdminApi, backend: FakeBackend, body: object, code: str
) -> None:
    status, document = ask(api, "POST /v1/clock/speed", body)
    assert (status, document["error"]["code"]) == (400, code)
    assert backend.core.clock.rate == 1


def test_a_reset_tells_what_it_dropped(
    api: AdminApi, backend: FakeBackend, record: Callable[..., None]
) -> None:
    record("/latest/meta-data/")
    ask(api, "POST /v1/clock/advance", {"seconds": 60})
    real = {"now": WALL, "wall": WALL, "shift_seconds": 0.0, "rate": 1.0}
    assert ask(api, "POST /v1/reset") == (200, {"cleared": 1, "sets": 4, "clock": real})
    assert len(backend.core.journal) == 0
