from collections.abc import AsyncIterator

import pytest

from imds_sim.admin.backend import Process, ReloadOutcome
from imds_sim.kernel.clock import ManualClock
from imds_sim.server.backend import Backend
from imds_sim.server.condition import condition
from imds_sim.server.recording import Recording
from imds_sim.server.runtime import Runtime
from imds_sim.simulator.private import private_world
from tests.simulator.scenes import scene_of


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    scene = scene_of("roles: {web: {}}\ninstances: {web-1: {role: web}}")
    scene.core.swap(private_world(scene.core.world))
    runtime = Runtime(scene.core)
    await runtime.start()
    process = Process(1, ManualClock().now(), ready=True, config_source=None)
    yield Backend(runtime, process, Recording(scene.core))
    await runtime.stop(0)


async def test_the_condition_is_told_in_numbers(backend: Backend) -> None:
    backend.core.arm("token:503")
    told = condition(backend)
    assert told["summary"] == "serving 1 workload on 7 endpoints, generation 2"
    assert (told["ready"], told["config"], told["last_reload"]) == (True, None, "none")
    assert (told["faults_armed"], told["connections"], told["requests_in_flight"]) == (1, 0, 0)
    assert told["audit_records"] == backend.core.audit.last_number


@pytest.mark.parametrize(("code", "said"), [(None, "good"), ("ConfigInvalid", "ConfigInvalid")])
async def test_the_last_reload_is_told_by_how_it_ended(
    backend: Backend, code: str | None, said: str
) -> None:
    outcome = ReloadOutcome(ManualClock().now(), 2, code=code)
    backend.process = Process(
        1, ManualClock().now(), ready=True, config_source=None, last_reload=outcome
    )
    assert condition(backend)["last_reload"] == said
