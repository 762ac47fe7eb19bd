import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from imds_sim.admin.backend import Process
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request
from imds_sim.server.backend import Backend
from imds_sim.server.metrics import exposition
from imds_sim.server.recording import Recording
from imds_sim.server.runtime import Runtime
from imds_sim.simulator.private import private_world
from tests.simulator.scenes import Scene, over, scene_of

WORLD = """
roles: {web: {}}
instances: {web-1: {role: web, metadata_options: {http_tokens: optional}}}
alarms: {refused: {event_name: AssumeRole, error_code: AccessDenied}}
"""
# As the parsers name them: counters without their ending.
FAMILIES = {
    "imds_sim_build_info": {"version", "python"},
    "imds_sim_http_requests": {"endpoint", "route", "method", "code", "imds_version"},
    "imds_sim_http_request_duration_seconds": {"endpoint", "route"},
    "imds_sim_http_in_flight_requests": {"endpoint"},
    "imds_sim_tokens_issued": set(),
    "imds_sim_token_rejections": {"reason"},
    "imds_sim_imdsv1_requests": {"instance"},
    "imds_sim_imdsv1_rejected": {"instance"},
    "imds_sim_token_responses_hop_limited": {"instance"},
    "imds_sim_credential_refresh": {"role", "result"},
    "imds_sim_credential_expiry_timestamp_seconds": {"role"},
    "imds_sim_credential_refresh_lag_seconds": set(),
    "imds_sim_sts_requests": {"action", "code"},
    "imds_sim_sts_request_duration_seconds": {"action", "code"},
    "imds_sim_config_last_reload_successful": set(),
    "imds_sim_config_last_reload_success_timestamp_seconds": set(),
    "imds_sim_event_loop_lag_seconds": set(),
    "imds_sim_alarm_state": {"alarm"},
    "process_cpu_seconds": set(),
}


@pytest.fixture
def scene() -> Scene:
    return scene_of(WORLD)


@pytest.fixture
async def backend(scene: Scene) -> AsyncIterator[Backend]:
    scene.core.swap(private_world(scene.core.world))
    runtime = Runtime(scene.core)
    await runtime.start()
    yield Backend(runtime, Process(1, ManualClock().now(), True, None), Recording(scene.core))
    await runtime.stop(0)


def drive(scene: Scene) -> None:
    scene.identity(scene.credentials())
    scene.get("/latest/meta-data/no-such-item", "web-1")
    scene.get("/latest/meta-data/instance-id", "web-1", v1=True)
    guessed = Headers([("X-aws-ec2-metadata-token", "guessed")])
    scene.core.handle(over(Surface.IMDS, "web-1"), Request("GET", "/latest/", guessed))


@pytest.mark.parametrize(
    ("accept", "parse", "kind"),
    [
        ("", text_string_to_metric_families, "text/plain; version=0.0.4"),
        ("application/openmetrics-text; version=1.0.0", openmetrics_families, "application/open"),
    ],
)
async def test_every_family_can_be_parsed(
    scene: Scene,
    backend: Backend,
    accept: str,
    parse: Callable[[str], Iterable[Metric]],
    kind: str,
) -> None:
    drive(scene)
    text, content_type = exposition(backend, accept)
    assert content_type.startswith(kind)
    families = {each.name: each for each in parse(text.decode())}
    for name, labels in FAMILIES.items():
        samples = families[name].samples
        assert samples, name
        assert set(samples[0].labels) - {"le"} == labels, name


def value(text: bytes, line: str) -> float:
    found = [each for each in text.decode().splitlines() if each.startswith(line)]
    assert len(found) == 1, (line, found)
    return float(found[0].rpartition(" ")[2])


async def test_numbers_are_those_of_what_was_asked(scene: Scene, backend: Backend) -> None:
    drive(scene)
    text, _ = exposition(backend, "")
    assert value(text, 'imds_sim_imdsv1_requests_total{instance="web-1"}') == 1
    rejected = 'imds_sim_token_rejections_total{reason="missing_or_invalid_token"}'
    assert value(text, rejected) == 1
    assert value(text, 'imds_sim_sts_requests_total{action="GetCallerIdentity",code="200"}') == 1
    assert value(text, "imds_sim_config_last_reload_successful") == 1
    assert value(text, 'imds_sim_alarm_state{alarm="refused"}') == 0
    assert b"no-such-item" not in text
    assert b"/{version}/meta-data/iam/security-credentials/{role}" in text


async def test_paths_that_clients_invent_add_no_series(scene: Scene, backend: Backend) -> None:
    scene.get("/latest/meta-data/a", "web-1")
    before = len(scene.core.traffic.requests)
    for number in range(20):
        scene.get(f"/latest/meta-data/a{number}", "web-1")
    assert len(scene.core.traffic.requests) == before


def test_the_library_is_loaded_when_metrics_are_asked_for() -> None:
    code = "import sys, imds_sim.server.daemon, imds_sim.server.control, imds_sim.server.probes; "
    code += "print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
