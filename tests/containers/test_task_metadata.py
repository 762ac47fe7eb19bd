"""What the metadata of a task says; that it is said in Go's words is in test_recorded.py."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from imds_sim.containers.ecs import EcsHandler
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.message import Headers, Request
from imds_sim.workloads.resolve import Resolver
from imds_sim.workloads.task import LaunchType, NetworkMode, Task
from tests.containers.client import CONNECTION

HOST = Headers([("Host", "169.254.170.2")])
ENDPOINT = "5b7c1ad6-2a4f-4b1a-9d5c-0e8f6d3c2b1a"


def get(ecs: EcsHandler, task: Task, path: str, peer: str = CONNECTION.peer) -> Any:
    """The document at a path, of the task that the request names."""
    connection = replace(CONNECTION, peer=peer)
    request = Request("GET", path, HOST)
    asked = Resolver.of([task]).resolve(connection, request)
    assert isinstance(asked, Task | None)
    response = ecs.handle(request, asked, connection)
    assert response.status == 200, response.body
    return json.loads(response.body)


def test_every_container_has_a_document_of_its_own(ecs: EcsHandler, task: Task) -> None:
    for version in ("v3", "v4"):
        names = [get(ecs, task, f"/{version}/{c.endpoint_id}")["Name"] for c in task.containers]
        assert names == ["web", "log"]


def test_the_task_lists_its_containers_as_they_stand_alone(ecs: EcsHandler, task: Task) -> None:
    for version in ("v3", "v4"):
        document = get(ecs, task, f"/{version}/{ENDPOINT}/task")
        assert document["TaskARN"] == task.arn
        assert document["Containers"] == [
            get(ecs, task, f"/{version}/{each.endpoint_id}") for each in task.containers
        ]


def test_no_metadata_tells_the_ids_of_credentials(ecs: EcsHandler, task: Task) -> None:
    for path in ("", "/task", "/taskWithTags", "/stats", "/task/stats"):
        for version in ("v3", "v4"):
            document = json.dumps(get(ecs, task, f"/{version}/{ENDPOINT}{path}"))
            assert not [each for each in task.credentials_ids if each in document]


def test_a_client_at_the_task_s_address_needs_no_id_in_version_2(
    ecs: EcsHandler, task: Task
) -> None:
    assert task.interface is not None
    [peer] = task.interface.private_ipv4s
    document = get(ecs, task, "/v2/metadata", peer)
    assert document["Containers"][1] == get(ecs, task, f"/v2/metadata/a11{'0' * 61}", peer)
    assert document["Containers"][0]["Networks"] == [
        {"NetworkMode": "awsvpc", "IPv4Addresses": [peer]}
    ]
    assert "TaskTags" not in document
    assert get(ecs, task, "/v2/metadataWithTags/", peer)["TaskTags"] == {"team": "R&D"}
    assert set(get(ecs, task, "/v2/stats", peer)) == {each.docker_id for each in task.containers}
    assert get(ecs, task, f"/v2/stats/d0c{'0' * 61}", peer)["id"] == f"d0c{'0' * 61}"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v2/metadata/a%3Cb", "Unable to generate metadata for container 'a<b'"),
        ("/v2/stats/x/y", "Unable to get container stats for: x/y"),
    ],
)
def test_another_container_is_unknown_at_the_task_s_address(
    ecs: EcsHandler, task: Task, path: str, told: str
) -> None:
    response = ecs.handle(Request("GET", path, HOST), task, CONNECTION)
    assert response.status == 400
    assert json.loads(response.body) == told


def test_fargate_names_the_cluster_by_its_arn_and_tells_of_clock_and_storage(
    ecs: EcsHandler, task: Task, clock: ManualClock
) -> None:
    fargate = replace(task, launch_type=LaunchType.FARGATE)
    document = get(ecs, fargate, f"/v4/{ENDPOINT}/task")
    assert document["Cluster"] == "arn:aws:ecs:us-east-1:111122223333:cluster/default"
    assert document["LaunchType"] == "FARGATE"
    assert document["ClockDrift"]["ReferenceTimestamp"] == "2026-01-02T03:04:00Z"
    assert document["EphemeralStorageMetrics"] == {"Utilized": 261, "Reserved": 20496}
    assert document["Containers"][0]["Snapshotter"] == "overlayfs"
    labels = document["Containers"][0]["Labels"]
    assert labels["com.amazonaws.ecs.cluster"] == document["Cluster"]


@pytest.mark.parametrize(
    ("mode", "address", "addresses"),
    [(NetworkMode.BRIDGE, "172.17.0.2", ["172.17.0.2"]), (NetworkMode.HOST, "", [""])],
)
def test_without_an_interface_of_its_own_a_task_has_docker_s_network(
    ecs: EcsHandler, task: Task, mode: NetworkMode, address: str, addresses: list[str]
) -> None:
    web = replace(task.containers[0], address=address)
    other = replace(task, interface=None, network_mode=mode, containers=(web,))
    for version in ("v3", "v4"):
        document = get(ecs, other, f"/{version}/{ENDPOINT}/task")
        [container] = document["Containers"]
        assert container["Networks"] == [{"NetworkMode": mode.value, "IPv4Addresses": addresses}]
        assert container["Ports"][1] == {"ContainerPort": 53, "Protocol": "udp", "HostPort": 5353}
        assert "VPCID" not in document


def test_statistics_move_with_the_clock_and_are_the_same_at_the_same_time(
    ecs: EcsHandler, task: Task, clock: ManualClock
) -> None:
    path = f"/v4/{ENDPOINT}/stats"
    first = get(ecs, task, path)
    assert get(ecs, task, path) == first
    clock.advance(timedelta(seconds=1))
    second = get(ecs, task, path)
    assert second["preread"] == first["read"]
    assert second["precpu_stats"] == first["cpu_stats"]
    for before, after in (
        (first["cpu_stats"]["cpu_usage"], second["cpu_stats"]["cpu_usage"]),
        (first["networks"]["eth1"], second["networks"]["eth1"]),
    ):
        for name in ("total_usage", "usage_in_usermode", "rx_bytes", "tx_bytes"):
            if name in before:
                assert after[name] > before[name]
    rates = second["network_rate_stats"]
    grown = second["networks"]["eth1"]["rx_bytes"] - first["networks"]["eth1"]["rx_bytes"]
    assert rates["rx_bytes_per_sec"] == grown
    clock.advance(timedelta(seconds=-1))
    assert get(ecs, task, path) == first


def test_a_container_never_uses_more_than_its_limits(
    ecs: EcsHandler, task: Task, clock: ManualClock
) -> None:
    for _ in range(50):
        clock.advance(timedelta(seconds=7))
        stats = get(ecs, task, f"/v3/{ENDPOINT}/stats")
        memory, cpu = stats["memory_stats"], stats["cpu_stats"]
        assert 0 < memory["usage"] <= memory["max_usage"] < memory["limit"] == 128 * 1024 * 1024
        usage = cpu["cpu_usage"]
        assert sum(usage["percpu_usage"]) == usage["total_usage"] < cpu["system_cpu_usage"]


def test_the_rates_of_the_network_are_told_in_version_4_alone(ecs: EcsHandler, task: Task) -> None:
    assert "network_rate_stats" in get(ecs, task, f"/v4/{ENDPOINT}/stats")
    assert "network_rate_stats" not in get(ecs, task, f"/v3/{ENDPOINT}/stats")


def test_the_statistics_of_a_task_are_those_of_its_containers(ecs: EcsHandler, task: Task) -> None:
    for version in ("v3", "v4"):
        assert get(ecs, task, f"/{version}/{ENDPOINT}/task/stats") == {
            each.docker_id: get(ecs, task, f"/{version}/{each.endpoint_id}/stats")
            for each in task.containers
        }


def test_a_task_on_the_host_s_network_has_no_network_of_its_own_to_count(
    ecs: EcsHandler, task: Task
) -> None:
    host = replace(task, interface=None, network_mode=NetworkMode.HOST)
    assert "networks" not in get(ecs, host, f"/v4/{ENDPOINT}/stats")
