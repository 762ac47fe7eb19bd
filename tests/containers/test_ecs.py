from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imds_sim.containers.ecs import EcsHandler
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.workloads.task import Task
from tests.containers.client import CONNECTION, REFUSED, HeldSets

HOST = ("Host", "169.254.170.2")


def get(ecs: EcsHandler, target: str, task: Task | None, *fields: tuple[str, str]) -> Response:
    return ecs.handle(Request("GET", target, Headers([HOST, *fields])), task, CONNECTION)


def test_a_task_gets_its_credentials(ecs: EcsHandler, task: Task) -> None:
    response = get(ecs, task.credentials_path, task)
    assert response.body == (
        b'{"RoleArn":"arn:aws:iam::111122223333:role/web","AccessKeyId":"ASIAQQQQQQQQQQQQQQQQ",'
        b'"SecretAccessKey":"wJalr/XUtn+FEMI","Token":"IQoJ//b3JpZ2lu==",'
        b'"Expiration":"2026-01-02T09:00:00Z"}'
    )
    assert response.notes.access_key_id == "ASIAQQQQQQQQQQQQQQQQ"
    assert response.notes.imds_version is None


@pytest.mark.parametrize(
    ("target", "version"), [("/v2/credentials/gone", 2), ("/v1/credentials?id=gone", 1)]
)
def test_an_unknown_id_is_the_client_s_mistake(ecs: EcsHandler, target: str, version: int) -> None:
    response = get(ecs, target, None)
    assert response.status == 400
    assert response.body == (
        b'{"code":"InvalidIdInRequest","message":"CredentialsV%d'
        b'Request: Credentials not found","HTTPErrorCode":400}' % version
    )
    assert ("Content-Type", "application/json") in response.headers
    assert response.notes.detail == "no task has this credentials id"


def test_the_id_must_be_the_task_s_own(ecs: EcsHandler, task: Task) -> None:
    other = replace(task, credentials_id="another")
    assert get(ecs, task.credentials_path, other).status == 400


def test_a_refused_role_leaves_the_id_uninitialized(
    ecs: EcsHandler, provider: HeldSets, task: Task
) -> None:
    provider.sets[task.name] = REFUSED
    response = get(ecs, task.credentials_path, task)
    assert response.status == 503
    assert response.body == (
        b'{"code":"CredentialsUninitialized","message":"CredentialsV2Request: '
        b'Credentials uninitialized for ID","HTTPErrorCode":503}'
    )
    assert response.notes.detail == "the trust policy"
    del provider.sets[task.name]
    assert get(ecs, task.credentials_path, task).status == 503


@pytest.mark.parametrize(
    ("peer", "shown"), [("172.30.0.11", "172.30.0.11:40000"), ("fd00::7", "[fd00::7]:40000")]
)
def test_the_limiter_shows_who_it_counts(
    ecs: EcsHandler, task: Task, peer: str, shown: str
) -> None:
    request = Request("GET", task.credentials_path, Headers([HOST]))
    response = ecs.handle(request, task, replace(CONNECTION, peer=peer))
    assert ("X-Rate-Limit-Request-Remote-Addr", shown) in response.headers


def test_a_failure_of_ours_is_the_agent_s_own(ecs: EcsHandler) -> None:
    response = ecs.failed()
    assert (response.status, response.close) == (500, True)
    assert response.body == (
        b'{"code":"InternalServerError","message":"Internal server error","HTTPErrorCode":500}'
    )


LATIN = st.text(st.characters(max_codepoint=255), max_size=40)
PIECES = st.sampled_from(["/", "v1", "v2", "credentials", "?id=", "..", "%", "%2f", "http://", ":"])
TARGETS = LATIN | st.lists(PIECES, max_size=8).map("/".join) | st.lists(PIECES).map("".join)
NAMES = st.sampled_from(["Host", "Connection", "Expect", "X-Forwarded-For"])
METHODS = st.sampled_from(["GET", "HEAD", "POST", "CONNECT", "OPTIONS"]) | LATIN


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=METHODS,
    target=TARGETS,
    fields=st.lists(st.tuples(NAMES, LATIN), max_size=4),
    version=st.sampled_from(["1.0", "1.1"]),
)
def test_no_request_makes_the_agent_fail(
    ecs: EcsHandler,
    task: Task,
    method: str,
    target: str,
    fields: list[tuple[str, str]],
    version: str,
) -> None:
    for asked in (target, task.credentials_path + target):
        request = Request(method, asked, Headers([HOST, *fields]), version=version)
        response = ecs.handle(request, task, CONNECTION)
        assert response.status < 500
        assert response.head().count(b"\r\n") == len(response.headers) + 2
