import http.client
import json
import os
import threading
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from imds_sim import Simulator
from imds_sim.config.load import parse_config
from imds_sim.credentials.provider import CredentialSet
from imds_sim.kernel.clock import ShiftTooFar
from imds_sim.kernel.exchange import Surface
from imds_sim.server.embedded import SimulatorStopped
from imds_sim.simulator.restoring import NotRestorable
from imds_sim.workloads.resolve import WorkloadUnknown
from tests.waiting import PATIENCE

THREE_KINDS = """
listen: {imds: ["127.0.0.1:1338"]}
roles: {web: {}}
instances:
  web-1: {role: web, listen: ["127.0.0.1:1400"], id: i-0aaaaaaaaaaaaaaaa}
  web-2: {role: web, clients: ["10.0.0.0/8"], id: i-0bbbbbbbbbbbbbbbb}
tasks: {api-1: {role: web}}
functions: {resize-1: {role: web}}
"""


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator.start(parse_config(THREE_KINDS)) as running:
        yield running


def fetch(
    url: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE)
    try:
        connection.request(method, place.path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def instance_id(endpoint: str) -> bytes:
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    _, metadata_token = fetch(f"{endpoint}/latest/api/token", "PUT", ttl)
    proof = {"X-aws-ec2-metadata-token": metadata_token.decode()}
    return fetch(f"{endpoint}/latest/meta-data/instance-id", headers=proof)[1]


def test_every_instance_has_a_free_loopback_port_whatever_the_file_says(
    simulator: Simulator,
) -> None:
    for name, expected in (("web-1", b"i-0aaaaaaaaaaaaaaaa"), ("web-2", b"i-0bbbbbbbbbbbbbbbb")):
        endpoint = simulator.environment(name)["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
        assert urlsplit(endpoint).port not in (None, 1338, 1400)
        assert instance_id(endpoint) == expected


def test_the_shared_metadata_listener_answers_as_the_first_instance(simulator: Simulator) -> None:
    shared = simulator.endpoints.first(Surface.IMDS)
    assert shared is not None
    assert instance_id(shared) == b"i-0aaaaaaaaaaaaaaaa"


def test_a_task_reaches_its_credentials_by_its_environment(simulator: Simulator) -> None:
    status, body = fetch(simulator.environment("api-1")["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    assert (status, b"role/web" in body) == (200, True)


def test_a_function_has_its_keys_in_its_environment(simulator: Simulator) -> None:
    assert simulator.environment("resize-1")["AWS_ACCESS_KEY_ID"].startswith("ASIA")


def test_the_default_workload_is_the_first_instance(simulator: Simulator) -> None:
    assert simulator.environment() == simulator.environment("web-1")


def test_the_files_with_real_profiles_are_hidden(simulator: Simulator) -> None:
    environment = simulator.environment("web-1")
    assert environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert environment["AWS_CONFIG_FILE"] == os.devnull


def test_an_unknown_workload_is_named(simulator: Simulator) -> None:
    with pytest.raises(WorkloadUnknown, match="web-3"):
        simulator.environment("web-3")
    with pytest.raises(WorkloadUnknown, match="web-3"):
        simulator.rotate("web-3")


def test_a_rotation_gives_new_keys(simulator: Simulator) -> None:
    before = simulator.environment("resize-1")["AWS_ACCESS_KEY_ID"]
    assert simulator.rotate("resize-1") == 1
    assert simulator.environment("resize-1")["AWS_ACCESS_KEY_ID"] != before


def test_a_restore_swaps_what_is_behind_the_token_of_a_function() -> None:
    world = "roles: {r: {}}\nfunctions: {snap: {role: r, snap_start: true}, plain: {role: r}}"
    with Simulator.start(parse_config(world)) as simulator:
        environment = simulator.environment("snap")

        def access_key_id() -> str:
            token = {"Authorization": environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}
            url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
            with urllib.request.urlopen(urllib.request.Request(url, headers=token)) as reply:
                return str(json.load(reply)["AccessKeyId"])

        before = access_key_id()
        assert access_key_id() == before
        simulator.restore("snap")
        assert access_key_id() != before
        assert simulator.environment("snap") == environment
        with pytest.raises(NotRestorable, match=r"functions\.plain\.snap_start"):
            simulator.restore("plain")
        with pytest.raises(WorkloadUnknown, match="other"):
            simulator.restore("other")


def test_the_journal_shows_what_was_asked() -> None:
    with Simulator.start() as simulator:
        instance_id(simulator.environment("web-1")["AWS_EC2_METADATA_SERVICE_ENDPOINT"])
        assert [(entry.method, entry.path) for entry in simulator.journal] == [
            ("PUT", "/latest/api/token"),
            ("GET", "/latest/meta-data/instance-id"),
        ]


def test_nothing_is_left_after_a_stop() -> None:
    before = set(threading.enumerate())
    simulator = Simulator.start()
    endpoint = simulator.environment("web-1")["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
    simulator.stop()
    simulator.stop()
    assert set(threading.enumerate()) == before
    with pytest.raises(ConnectionRefusedError):
        fetch(endpoint)
    with pytest.raises(SimulatorStopped):
        simulator.environment("web-1")


def test_it_may_be_stopped_by_many_threads_at_once() -> None:
    simulator = Simulator.start()
    stoppers = [threading.Thread(target=simulator.stop) for _ in range(8)]
    for thread in stoppers:
        thread.start()
    for thread in stoppers:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in stoppers)


async def test_it_is_an_async_context_manager_too() -> None:
    async with Simulator.start() as simulator:
        assert "AWS_ENDPOINT_URL_STS" in simulator.environment()


def test_two_simulators_do_not_meet() -> None:
    with Simulator.start() as first, Simulator.start() as second:
        assert first.environment("web-1") != second.environment("web-1")


def test_its_clock_is_moved_by_any_thread() -> None:
    with Simulator.start(parse_config(THREE_KINDS)) as simulator:
        before = simulator.environment("resize-1")["AWS_ACCESS_KEY_ID"]
        mover = threading.Thread(target=simulator.clock.advance, args=(timedelta(hours=12),))
        mover.start()
        mover.join(timeout=30)
        assert simulator.clock.now() - simulator.clock.wall() > timedelta(hours=11)
        assert simulator.environment("resize-1")["AWS_ACCESS_KEY_ID"] != before
        simulator.clock.reset()
        assert abs(simulator.clock.now() - simulator.clock.wall()) < timedelta(hours=1)
        with pytest.raises(ShiftTooFar):
            simulator.clock.advance(timedelta.max)
    with pytest.raises(SimulatorStopped):
        simulator.clock.advance(timedelta(hours=1))


def test_a_jump_of_the_clock_mints_every_batch_of_what_fell_due() -> None:
    tasks = ", ".join(f"t{number}: {{role: web}}" for number in range(120))
    configuration = parse_config(f"roles: {{web: {{}}}}\ntasks: {{{tasks}}}")
    with Simulator.start(configuration) as simulator:
        simulator.clock.advance(timedelta(hours=6))

        def expired() -> int:  # asked on the loop's thread, between its batches
            now, held = simulator.clock.now(), simulator.core.credentials.held
            sets = [held(f"t{number}").values() for number in range(120)]
            return sum(
                not isinstance(each.value, CredentialSet) or each.value.expires_at <= now
                for ways in sets
                for each in ways
            )

        assert any(simulator._call(lambda runtime: expired()) == 0 for _ in range(100_000))


def test_a_reset_makes_it_ready_for_the_next_test() -> None:
    with Simulator.start() as simulator:
        instance_id(simulator.environment("web-1")["AWS_EC2_METADATA_SERVICE_ENDPOINT"])
        simulator.clock.advance(timedelta(days=1))
        simulator.reset()
        assert list(simulator.journal) == []
        assert abs(simulator.clock.now() - simulator.clock.wall()) < timedelta(hours=1)
