"""How often one client may ask the ECS agent for one path."""

from dataclasses import replace
from datetime import timedelta

from imds_sim.containers.ecs import EcsAgent, EcsHandler, EcsOptions
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.token_bucket import Rate
from imds_sim.workloads.task import Task
from tests.containers.client import CONNECTION, HeldSets

HOST = Headers([("Host", "169.254.170.2")])


def statuses(
    ecs: EcsHandler, task: Task, times: int, path: str = "", peer: str = CONNECTION.peer
) -> list[int]:
    request = Request("GET", path or task.credentials_path, HOST)
    connection = replace(CONNECTION, peer=peer)
    return [ecs.handle(request, task, connection).status for _ in range(times)]


def test_sixty_requests_at_once_are_answered_and_the_next_is_not(
    ecs: EcsHandler, task: Task
) -> None:
    assert statuses(ecs, task, 61) == [200] * 60 + [429]


def test_a_client_that_waited_a_second_may_ask_forty_times(
    ecs: EcsHandler, task: Task, clock: ManualClock
) -> None:
    statuses(ecs, task, 60)
    clock.advance(timedelta(seconds=1))
    assert statuses(ecs, task, 41) == [200] * 40 + [429]


def test_every_client_and_every_path_counts_for_itself(ecs: EcsHandler, task: Task) -> None:
    statuses(ecs, task, 61)
    assert statuses(ecs, task, 1, peer="172.30.0.12") == [200]
    assert statuses(ecs, task, 1, path="/v2/credentials/other") == [400]
    assert statuses(ecs, task, 1, path="/v1/credentials?id=a") == [400]
    assert statuses(ecs, task, 1) == [429]


def test_the_query_does_not_count_as_another_path(ecs: EcsHandler, task: Task) -> None:
    answers = [
        statuses(ecs, task, 1, path=f"/v1/credentials?id={number}")[0] for number in range(61)
    ]
    assert answers == [400] * 60 + [429]


def test_paths_that_are_cleaned_do_not_count(ecs: EcsHandler, task: Task) -> None:
    assert statuses(ecs, task, 100, path="//v2/credentials/x") == [301] * 100


def test_a_path_that_is_nowhere_counts_too(ecs: EcsHandler, task: Task) -> None:
    assert statuses(ecs, task, 61, path="/nowhere") == [404] * 60 + [429]


def test_clients_on_a_unix_socket_have_no_address_to_count(ecs: EcsHandler, task: Task) -> None:
    assert statuses(ecs, task, 100, peer="") == [200] * 100


def test_the_rate_is_what_the_configuration_says(
    provider: HeldSets, clock: ManualClock, agent: EcsAgent, task: Task
) -> None:
    options = EcsOptions(rate=Rate(per_second=5, burst=2))
    ecs = EcsHandler(provider, clock, replace(agent, options=options))
    assert statuses(ecs, task, 3) == [200, 200, 429]
    response = ecs.handle(Request("GET", "/", HOST), None, CONNECTION)
    assert ("X-Rate-Limit-Limit", "5.00") in response.headers
