import json
from typing import Any

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.faults.armed import MOST
from imds_sim.faults.grammar import parse
from tests.admin_backend import FakeBackend


def ask(api: AdminApi, line: str, body: object = None, **query: str) -> tuple[int, Any]:
    method, path = line.split()
    reply = api.handle(method, path, query, json.dumps(body).encode())
    return reply.status, json.loads(json.dumps(reply.document))


def test_a_fault_is_armed_shown_and_cleared(api: AdminApi) -> None:
    wanted = {"fault": "token:503*1&v1:off", "surface": "imds", "client": "10.0.0.0/8"}
    status, armed = ask(api, "POST /v1/faults", wanted)
    assert status == 200
    assert armed == {
        "id": 1,
        "fault": "token:503*1&v1:off",
        "as": None,
        "surface": "imds",
        "client": "10.0.0.0/8",
        "origin": "run time",
        "spent": False,
        "hits": 0,
        "steps": [
            {"fault": "token:503*1", "seen": 0, "hits": 0, "left": 1},
            {"fault": "v1:off", "seen": 0, "hits": 0, "left": None},
        ],
    }
    listed = {"faults": [armed], "weather": None}
    assert ask(api, "GET /v1/faults") == (200, listed)
    assert ask(api, "GET /v1/status")[1]["faults"] == [armed]
    assert ask(api, "DELETE /v1/faults", id="1") == (200, {"cleared": 1})
    assert ask(api, "DELETE /v1/faults") == (200, {"cleared": 0})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "InvalidBody"),
        ({"fault": 5}, 400, "InvalidBody"),
        ({"fault": "v1:off", "surface": "admin"}, 400, "InvalidBody"),
        ({"fault": "v1:off", "client": "10.0.0.1/8"}, 400, "InvalidBody"),
        ({"fault": "v1:off", "who": "web-1"}, 400, "InvalidBody"),
        ({"fault": "v1:of"}, 400, "FaultInvalid"),
        ({"fault": "v1:off", "as": "web-9"}, 404, "WorkloadUnknown"),
        ({"fault": "token:503", "surface": "ecs"}, 400, "FaultInvalid"),
        ({"fault": "ecs:503", "as": "web-1"}, 400, "FaultInvalid"),
        ({"fault": "conn:reset", "as": "web-1", "surface": "sts"}, 400, "FaultInvalid"),
    ],
)
def test_what_cannot_be_armed_is_refused(
    api: AdminApi, body: object, status: int, code: str
) -> None:
    answered, document = ask(api, "POST /v1/faults", body)
    assert (answered, document["error"]["code"]) == (status, code)
    assert ask(api, "GET /v1/faults")[1]["faults"] == []


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [("x", 400, "InvalidQuery"), ("-1", 400, "InvalidQuery"), ("7", 404, "FaultUnknown")],
)
def test_only_what_is_armed_is_cleared(api: AdminApi, number: str, status: int, code: str) -> None:
    answered, document = ask(api, "DELETE /v1/faults", id=number)
    assert (answered, document["error"]["code"]) == (status, code)


def test_there_is_an_end_to_arming(api: AdminApi, backend: FakeBackend) -> None:
    for _ in range(MOST):
        backend.core.faults.add(parse("v1:off"))
    status, document = ask(api, "POST /v1/faults", {"fault": "v1:off"})
    assert (status, document["error"]["code"]) == (409, "TooManyFaults")
