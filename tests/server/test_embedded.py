import http.client
import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
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


@pytest.mark.parametrize("name", ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "BOTO_CONFIG"])
def test_the_files_with_real_keys_are_hidden_by_a_regular_one_that_is_empty(
    simulator: Simulator, name: str
) -> None:
    assert Path(simulator.environment("web-1")[name]).is_file()
    assert Path(simulator.environment("web-1")[name]).read_bytes() == b""


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_is_on_the_way(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("NO_PROXY", "mine.example.com")
    entries = simulator.environment("web-1")[name].split(",")
    assert {"mine.example.com", "127.0.0.1", "169.254.169.254"} <= set(entries)


REAL = {
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_PROFILE": "prod",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL_S3": "http://real.example.com",
}


def test_a_patched_environ_is_that_of_the_workload_and_comes_back(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with simulator.patched_environ("web-2"):
        assert not REAL.keys() & os.environ.keys()
        assert os.environ.items() >= simulator.environment("web-2").items()
        with simulator.patched_environ("resize-1"):
            assert os.environ["AWS_ACCESS_KEY_ID"].startswith("ASIA")
        assert "AWS_ACCESS_KEY_ID" not in os.environ
    assert dict(os.environ) == before


def test_an_environ_that_cannot_be_is_not_patched(simulator: Simulator) -> None:
    before = dict(os.environ)
    with pytest.raises(WorkloadUnknown, match="web-3"), simulator.patched_environ("web-3"):
        pass
    assert dict(os.environ) == before


def test_the_counters_of_cloudwatch_can_be_read(simulator: Simulator) -> None:
    zero = {"MetadataNoToken": 0, "MetadataNoTokenRejected": 0}
    before = simulator.counters
    assert before == {"web-1": zero, "web-2": zero}
    endpoint = simulator.environment("web-2")["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
    assert fetch(f"{endpoint}/latest/meta-data/instance-id")[0] == 401
    assert simulator.counters == {"web-1": zero, "web-2": {**zero, "MetadataNoTokenRejected": 1}}
    assert before == {"web-1": zero, "web-2": zero}


@pytest.mark.parametrize(
    "call",
    [
        lambda simulator: simulator.environment(5),
        lambda simulator: simulator.rotate(5),
        lambda simulator: simulator.restore(5),
    ],
)
def test_a_workload_is_told_by_its_name(
    simulator: Simulator, call: Callable[[Simulator], object]
) -> None:
    with pytest.raises(TypeError, match="a workload is told by its name, not as 5"):
        call(simulator)


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
    assert simulator.counters["web-1"]["MetadataNoToken"] == 0
    assert list(simulator.journal) == []


def test_its_files_go_with_it() -> None:
    with Simulator.start() as simulator:
        file = Path(simulator.environment()["AWS_CONFIG_FILE"])
        assert file.exists()
    assert not file.parent.exists()


async def test_one_that_was_stopped_cannot_be_entered() -> None:
    simulator = Simulator.start()
    simulator.stop()
    with pytest.raises(SimulatorStopped, match="start another one"), simulator:
        pass
    with pytest.raises(SimulatorStopped, match="start another one"):
        async with simulator:
            pass


FORKED = """
import os, signal
from datetime import timedelta
from pathlib import Path
from imds_sim import Simulator

def refused(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "answered"

with Simulator.start() as simulator:
    clock, faults = simulator.clock, simulator.faults
    calls = {
        "environment": simulator.environment,
        "endpoints": lambda: simulator.endpoints,
        "journal": lambda: simulator.journal,
        "expect": lambda: simulator.expect,
        "audit": lambda: simulator.audit,
        "counters": lambda: simulator.counters,
        "clock": lambda: simulator.clock,
        "advance": lambda: clock.advance(timedelta(1)),
        "faults": lambda: faults.list(),
        "reset": simulator.reset,
        "with": simulator.__enter__,
        "stop": simulator.stop,
    }
    file = Path(simulator.environment()["AWS_CONFIG_FILE"])
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        for name, call in calls.items():
            print(name, refused(call), flush=True)
        raise SystemExit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    print("parent", refused(simulator.environment), file.exists())
"""


def test_a_forked_child_is_told_that_the_simulator_is_not_there_and_ends_without_it() -> None:
    ignored = "ignore::DeprecationWarning"  # of Python 3.12, that a program with threads forks
    done = subprocess.run(
        [sys.executable, "-W", ignored, "-c", FORKED], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert told.pop("parent") == "answered True"
    assert told.pop("stop") == "answered"
    assert len(told) == 11
    assert {line.partition(", ")[0] for line in told.values()} == {
        "SimulatorStopped: the simulator runs in another process"
    }


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
