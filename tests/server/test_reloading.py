from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from imds_sim.admin.backend import Process
from imds_sim.config.load import load_config
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.server.backend import Backend
from imds_sim.server.origin import Origin
from imds_sim.server.recording import Recording
from imds_sim.server.reloading import Reloading
from imds_sim.server.runtime import Runtime
from imds_sim.server.systemd import Notifier
from imds_sim.simulator.core import Core
from tests.service_manager import ServiceManager, service_manager

CONFIG = (
    'listen: {imds: ["127.0.0.1:0"], sts: [], ecs: [], eks: [], lambda: []}\n'
    "roles: {web: {}}\ninstances: {web-1: {role: web}}\n"
)
SERVED = "serving 1 workload on 1 endpoint, generation"


@dataclass
class Scene:
    reloading: Reloading
    backend: Backend
    manager: ServiceManager
    file: Path


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    file, clock = tmp_path / "config.yaml", ManualClock()
    file.write_text(CONFIG)
    origin = Origin(load_config(file), clock.now(), file)
    loaded = origin.first()
    core = Core(loaded.world, origin.state_key, clock, SeededEntropy(1))
    runtime = Runtime(core)
    process = Process(1, clock.now(), ready=True, config_source=str(file))
    backend = Backend(runtime, process, Recording(core))
    await runtime.start()
    try:
        with service_manager(tmp_path) as manager:
            notifier = Notifier(manager.environment["NOTIFY_SOCKET"])
            yield Scene(Reloading(origin, loaded, backend, notifier), backend, manager, file)
    finally:
        await runtime.stop(0)


async def test_a_refused_reload_tells_the_manager_the_first_error_and_serves_on(
    scene: Scene,
) -> None:
    scene.file.write_text("rols: {}\ninstancs: {}\n")
    outcome = await scene.reloading.reload()
    assert (outcome.code, outcome.generation, len(outcome.errors)) == ("ConfigInvalid", 1, 2)
    assert "RELOADING" in scene.manager.until("RELOADING")[0]
    [told] = scene.manager.until("READY")
    assert told["STATUS"] == f"reload refused: {outcome.errors[0].text}; still {SERVED} 1"
    assert scene.backend.process.last_reload == outcome
    assert scene.backend.process.last_good_at is None


async def test_a_file_that_is_gone_is_refused_as_such(scene: Scene) -> None:
    scene.file.unlink()
    outcome = await scene.reloading.reload()
    assert outcome.code == "ConfigNotReadable"
    assert outcome.errors[0].text == f"{scene.file}: No such file or directory"


async def test_after_the_end_nothing_is_read_and_the_manager_hears_nothing(scene: Scene) -> None:
    scene.reloading.end()
    await scene.reloading.settled()
    outcome = await scene.reloading.reload()
    assert (outcome.code, outcome.generation) == ("DaemonEnds", 1)
    assert outcome.errors[0].text == "the daemon is about to end"
    scene.manager.listening.setblocking(False)
    with pytest.raises(BlockingIOError):
        scene.manager.until("READY")
    assert not scene.reloading.is_left_behind
