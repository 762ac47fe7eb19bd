from datetime import timedelta
from pathlib import Path

from imds_sim.server.runtime import Runtime
from imds_sim.simulator.private import private_world
from tests.simulator.scenes import scene_of


async def test_after_the_end_a_moved_clock_brings_no_token_file_back(tmp_path: Path) -> None:
    """The control surface is open a moment longer than the surfaces."""
    scene = scene_of("roles: {orders: {}}\npods: {api-1: {role: orders}}\n")
    scene.core.swap(private_world(scene.core.world))
    runtime = Runtime(scene.core)
    await runtime.start()
    folder = tmp_path / "pods"
    runtime.project(folder)
    assert folder.exists()
    await runtime.stop(0)
    assert not folder.exists()
    runtime.advance(timedelta(hours=23))
    assert not folder.exists()
