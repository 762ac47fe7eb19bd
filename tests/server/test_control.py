import asyncio
import io
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import pytest

from imds_sim.admin.backend import Process, ReloadOutcome
from imds_sim.kernel.address import UnixAddress
from imds_sim.kernel.clock import ManualClock
from imds_sim.server.admin_socket import bound
from imds_sim.server.backend import Backend
from imds_sim.server.control import (
    BODY_LIMIT,
    BODY_SECONDS,
    Control,
    is_hidden,
    may_ask,
    serving,
)
from imds_sim.server.control_server import ControlServer
from imds_sim.server.recording import Recording
from imds_sim.server.runtime import Runtime
from imds_sim.simulator.private import private_world
from tests.simulator.scenes import scene_of

DEFAULT = "roles: {web: {}}\ninstances: {web-1: {role: web}}"


@asynccontextmanager
async def admin_surface(
    tmp_path: Path, body_seconds: float = BODY_SECONDS
) -> AsyncIterator[aiohttp.ClientSession]:
    scene = scene_of(DEFAULT)
    scene.core.swap(private_world(scene.core.world))
    runtime = Runtime(scene.core)
    await runtime.start()
    process = Process(1, ManualClock().now(), ready=True, config_source=None)

    async def reload() -> ReloadOutcome:
        return ReloadOutcome(ManualClock().now(), 7)

    control = Control(Backend(runtime, process, Recording(scene.core)), reload, None, body_seconds)
    server = ControlServer(control.answer)
    path = str(tmp_path / "admin.sock")
    try:
        with bound([UnixAddress(path)], {}, os.geteuid()) as sockets:
            await server.start(sockets.values())
            connector = aiohttp.UnixConnector(path)
            async with aiohttp.ClientSession("http://localhost", connector=connector) as session:
                yield session
    finally:
        await server.stop()
        await runtime.stop(0)


@pytest.fixture
async def admin(tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    async with admin_surface(tmp_path) as session:
        yield session


async def test_a_document_is_json(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/v1/status") as answer:
        assert answer.status == 200
        assert answer.content_type == "application/json"
        assert (await answer.json())["workloads"][0]["name"] == "web-1"


async def test_a_reload_is_awaited_and_reported(admin: aiohttp.ClientSession) -> None:
    async with admin.post("/v1/reload") as answer:
        assert answer.status == 200
        assert (await answer.json())["generation"] == 7


async def test_a_wrong_method_is_told_the_right_ones(admin: aiohttp.ClientSession) -> None:
    async with admin.put("/v1/reload") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_an_unknown_path_is_404_in_json(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/latest/meta-data/") as answer:
        assert answer.status == 404
        assert json.loads(await answer.text())["error"]["code"] == "NotFound"


async def test_a_body_is_handed_on(admin: aiohttp.ClientSession) -> None:
    body = {"access_key_id": "ASIAUNKNOWNUNKNOWN00", "session_token": "none"}
    async with admin.post("/v1/verify", json=body) as answer:
        assert answer.status == 403
        assert (await answer.json())["error"]["code"] == "InvalidClientTokenId"


@pytest.mark.parametrize("size", [BODY_LIMIT, BODY_LIMIT + 1])
async def test_a_body_that_is_too_large_is_refused_in_json(
    admin: aiohttp.ClientSession, size: int
) -> None:
    async with admin.post("/v1/verify", data=io.BytesIO(b"x" * size)) as answer:
        assert answer.status == 413
        assert (await answer.json())["error"]["code"] == "BodyTooLarge"


async def test_a_body_that_takes_too_long_is_refused_in_json(tmp_path: Path) -> None:
    go = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b"{"
        await go.wait()

    async with (
        asyncio.timeout(20),
        admin_surface(tmp_path, body_seconds=0.05) as admin,
        admin.post("/v1/verify", data=half()) as answer,
    ):
        assert answer.status == 408
        assert (await answer.json())["error"]["code"] == "BodyTooSlow"
        go.set()


async def test_many_may_ask_at_once(admin: aiohttp.ClientSession) -> None:
    async def ask() -> int:
        async with admin.get("/v1/workloads") as answer:
            return answer.status

    assert await asyncio.gather(*(ask() for _ in range(50))) == [200] * 50


STRANGER = 65534  # nobody, of the group nogroup


@pytest.mark.parametrize(
    ("uid", "gid", "permitted"),
    [
        pytest.param(0, 0, True, id="root"),
        pytest.param(os.geteuid(), STRANGER, True, id="this user"),
        pytest.param(STRANGER, os.getegid(), True, id="a member of the socket's group"),
        pytest.param(STRANGER, STRANGER, False, id="anybody else"),
        pytest.param(4_000_000_000, STRANGER, False, id="a user that does not exist"),
    ],
)
def test_root_the_user_and_the_sockets_group_may_ask(
    tmp_path: Path, uid: int, gid: int, permitted: bool
) -> None:
    path = tmp_path / "admin.sock"
    path.touch()
    assert may_ask(uid, gid, str(path)) is permitted


@pytest.mark.parametrize(
    ("uid", "uid_map", "hidden"),
    [
        pytest.param(65534, "0 0 1\n990 990 1\n", True, id="in a private user namespace"),
        pytest.param(65534, "0 0 4294967295\n", False, id="nobody himself, where all are mapped"),
        pytest.param(1000, "0 0 1\n990 990 1\n", False, id="one who is mapped"),
        pytest.param(65534, "", False, id="no procfs"),
    ],
)
def test_who_is_hidden_by_a_private_user_namespace_is_judged_by_the_sockets_mode(
    uid: int, uid_map: str, hidden: bool
) -> None:
    assert is_hidden(uid, uid_map) is hidden


def ask_as_a_stranger(curl: str, path: str) -> bytes:
    return subprocess.run(
        [curl, "-s", "--unix-socket", path, "http://localhost/v1/status"],
        user=STRANGER,
        group=STRANGER,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
async def test_another_user_is_refused_though_he_reaches_the_socket() -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    scene = scene_of(DEFAULT)
    process = Process(1, ManualClock().now(), ready=True, config_source=None)
    scene.core.swap(private_world(scene.core.world))

    async def reload() -> ReloadOutcome:
        return ReloadOutcome(ManualClock().now(), 7)

    with TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        place = UnixAddress(f"{folder}/admin.sock")
        backend = Backend(Runtime(scene.core), process, Recording(scene.core))
        async with serving(backend, reload, [place], {}, os.geteuid()):
            os.chmod(place.path, 0o666)
            answer = await asyncio.to_thread(ask_as_a_stranger, curl, place.path)
    assert json.loads(answer)["error"]["code"] == "NotPermitted"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("*/*", "text/plain"), ("application/openmetrics-text", "application/openmetrics-text")],
)
async def test_metrics_are_text_in_the_format_asked_for(
    admin: aiohttp.ClientSession, accept: str, kind: str
) -> None:
    async with admin.get("/metrics", headers={"Accept": accept}) as answer:
        assert (answer.status, answer.content_type) == (200, kind)
        assert "imds_sim_build_info" in await answer.text()


async def test_a_browser_gets_no_metrics(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/metrics", headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 403
