"""What runs on the thread of an embedded simulator: sockets, files, the control surface."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from imds_sim.admin.backend import Process, ReloadError, ReloadOutcome
from imds_sim.admin.paths import SOCKET_NAME
from imds_sim.config.schema.configuration import Configuration
from imds_sim.kernel.address import UnixAddress
from imds_sim.server.backend import Backend
from imds_sim.server.private_folder import private_folder
from imds_sim.server.recording import Recording
from imds_sim.server.runtime import Runtime
from imds_sim.simulator.core import Core

DRAIN = 1.0  # seconds; whoever embeds the simulator has stopped asking


@dataclass(frozen=True, slots=True)
class PrivateDaemon:
    """One that is up. `empty_file` is the path of an empty file that is there as long as it is."""

    runtime: Runtime
    empty_file: str


@asynccontextmanager
async def private_daemon(
    core: Core, recorded: Configuration | None, admin: bool
) -> AsyncIterator[PrivateDaemon]:
    """Everything is bound and minted inside, and closed after it.

    The files of journal and audit are written as `recorded` says, if it is given. With `admin`
    commands can reach it, by a socket in a private folder. Raises CannotBind.
    """
    async with AsyncExitStack() as closing:
        folder = closing.enter_context(private_folder())
        empty = folder / "empty"
        empty.touch(mode=0o400)
        recording = Recording(core)
        if recorded is not None:
            closing.callback(recording.close)
            await recording.turn_to(recording.prepared(recorded))
        runtime = Runtime(core)
        closing.push_async_callback(runtime.stop, DRAIN)
        await runtime.start()
        if admin or core.world.pods:
            runtime.project(folder / "pods")
        if admin:
            from imds_sim.server.control import serving  # loads aiohttp

            process = Process(os.getpid(), core.clock.wall(), ready=True, config_source=None)
            place = UnixAddress(str(folder / SOCKET_NAME))
            runtime.admin = await closing.enter_async_context(
                serving(
                    Backend(runtime, process, recording), _Reload(core), [place], {}, os.geteuid()
                )
            )
        yield PrivateDaemon(runtime, str(empty))


@dataclass(frozen=True, slots=True)
class _Reload:
    """Refuses: there is no file."""

    core: Core

    async def __call__(self) -> ReloadOutcome:
        told = "a private simulator has no file that it could read again; start another one"
        error = ReloadError("run", None, None, "", told, told)
        generation = self.core.generation
        return ReloadOutcome(
            self.core.clock.wall(), generation, code="NotReloadable", errors=(error,)
        )
