import json
from typing import Any

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.admin.questions import read_question, write_question
from imds_sim.simulator.why import Question
from tests.admin_backend import fake_backend
from tests.simulator.scenes import scene_of

WORLD = "roles: {web: {}, api: {}}\nusers: {alice: {}}\ninstances: {web-1: {role: web}}"


@pytest.fixture
def api() -> AdminApi:
    return AdminApi(fake_backend(scene_of(WORLD).core.world))


def ask(api: AdminApi, **query: str) -> tuple[int, Any]:
    reply = api.handle("GET", "/v1/why", query)
    return reply.status, json.loads(json.dumps(reply.document))


@pytest.mark.parametrize(
    "question",
    [
        Question("web-1", "web"),
        Question("user/alice", "web", "42", "s-1", {"team": "a b", "é": "="}, "alice", True),
        Question("arn:aws:iam::1:oidc-provider/x.y", "web", claims={"sub": "é", "n": [1, None]}),
    ],
)
def test_a_question_is_read_as_it_was_written(question: Question) -> None:
    query = {name: value for name, value in write_question(question).items() if value is not None}
    assert read_question(query) == question


def test_an_answer_is_200_whether_yes_or_no(api: AdminApi) -> None:
    status, yes = ask(api, principal="web-1", role="web")
    assert (status, yes["allowed"]) == (200, True)
    status, no = ask(api, principal="user/alice", role="api")
    assert (status, no["allowed"]) == (200, False)
    assert no["remedies"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 400, "InvalidQuery"),
        ({"principal": "web-1"}, 400, "InvalidQuery"),
        ({"principal": "", "role": "web"}, 400, "InvalidQuery"),
        ({"principal": "web-1", "role": "web", "mfa": "yes"}, 400, "InvalidQuery"),
        ({"principal": "web-1", "role": "web", "tags": "[]"}, 400, "InvalidQuery"),
        ({"principal": "web-1", "role": "web", "tags": '{"a": 1}'}, 400, "InvalidQuery"),
        ({"principal": "web-1", "role": "web", "tags": "{"}, 400, "InvalidQuery"),
        ({"principal": "web-1", "role": "web", "tag": "a"}, 400, "InvalidQuery"),
        ({"principal": "web-1", "role": "web", "claims": "[]"}, 400, "InvalidQuery"),
        ({"principal": "web-9", "role": "web"}, 404, "PrincipalUnknown"),
        ({"principal": "web-1", "role": "wbe"}, 404, "RoleUnknown"),
    ],
)
def test_a_question_that_is_none_is_refused(
    api: AdminApi, query: dict[str, str], status: int, code: str
) -> None:
    got, told = ask(api, **query)
    assert (got, told["error"]["code"]) == (status, code)
