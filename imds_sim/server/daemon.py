"""The daemon, from its first line to its exit status."""

import asyncio
import gc
import json
import logging
import os
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import uvloop

from imds_sim.admin.backend import Process
from imds_sim.config.schema.configuration import Configuration
from imds_sim.kernel.address import UnixAddress
from imds_sim.kernel.clock import SystemClock
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.secret import Secret
from imds_sim.server import logs
from imds_sim.server.backend import Backend
from imds_sim.server.banner import banner, ready_document, show, summary
from imds_sim.server.condition import condition
from imds_sim.server.descriptors import DescriptorWatch
from imds_sim.server.inherited import Inherited
from imds_sim.server.last_good import keep, load_or_last_good, warning_of
from imds_sim.server.origin import Loaded, Origin
from imds_sim.server.private_folder import private_folder
from imds_sim.server.projected import TokensNotWritable, folder_beside
from imds_sim.server.recording import Recording
from imds_sim.server.reloading import Reloading
from imds_sim.server.runtime import Runtime
from imds_sim.server.signals import Signals, hold, show_stacks
from imds_sim.server.state import write_atomically
from imds_sim.server.systemd import Notifier, from_environment
from imds_sim.simulator.core import Core
from imds_sim.simulator.endpoints import Endpoints

log = logging.getLogger(__name__)


class ReadyFileNotWritable(SimError):
    """The file that is to say where everything is bound cannot be written."""

    exit_status = 77


class TokenFileOpen(SimError):
    """The file with the token of the control surface can be read by others."""

    exit_status = 77


def serve(config_path: str | None, ready_file: str | None, last_good: bool = False) -> int:
    """Run until SIGTERM or SIGINT, drain, return the exit status.

    With `last_good` a file that is wrong is replaced by the last one that was not.

    Raises what keeps it from starting, each with an `exit_status`: ConfigInvalid,
    ConfigNotReadable, TokenFileOpen, StateInUse, StateUnusable, SinkNotWritable, CannotBind,
    ReadyFileNotWritable.
    """
    hold()
    clock = SystemClock()
    configuration, wrong = load_or_last_good(config_path, os.environ, last_good)
    logs.configure(configuration.log.level, configuration.log.format)
    if wrong is not None:
        log.error("config.last_good", extra={"reason": wrong})
    show_stacks()
    token = _admin_token(configuration)
    origin = Origin(configuration, clock.now(), Path(config_path) if config_path else None)
    loaded = origin.first()
    if wrong is not None:
        loaded = replace(loaded, warnings=(warning_of(wrong), *loaded.warnings))
    core = Core(loaded.world, origin.state_key, clock, origin.entropy, origin.issuer_keys)
    inherited = Inherited.of(os.environ, os.getpid())
    daemon = Daemon(core, origin, loaded, from_environment(), inherited, token)
    status = uvloop.run(daemon.run(ready_file))
    if daemon.left_something_behind:
        logging.shutdown()
        # The interpreter ends a thread by pthread_exit, which aborts the process inside of libyaml
        # ("FATAL: exception not rethrown", seen once in ten ends with Python 3.11).
        os._exit(status)
    return status


def _admin_token(configuration: Configuration) -> Secret | None:
    """What clients of the control surface on TCP must show. Raises TokenFileOpen."""
    file = configuration.admin_token_file
    if file is None:
        return None
    if file.is_open_to_others:
        raise TokenFileOpen(
            f"{file.path}: others can read the token (mode {file.mode:04o}); take that from them: "
            f"chmod go-rwx {file.path}"
        )
    return file.token


class Daemon:
    """One daemon on the running loop: what it serves, from its first signal to its last."""

    def __init__(
        self,
        core: Core,
        origin: Origin,
        loaded: Loaded,
        notifier: Notifier,
        inherited: Inherited,
        admin_token: Secret | None,
    ) -> None:
        self._core = core
        self._origin = origin
        self._loaded = loaded  # at the start
        self._notifier = notifier
        self._inherited = inherited
        self._admin_token = admin_token
        self._last_sign = 0.0

    async def run(self, ready_file: str | None) -> int:
        """Start, serve until told to end, stop."""
        recording = Recording(self._core)
        runtime = Runtime(self._core, self._alive, self._inherited)
        self._descriptors = DescriptorWatch(asyncio.get_running_loop().time)
        self._backend = Backend(runtime, self._process(), recording)
        self._reloading = Reloading(self._origin, self._loaded, self._backend, self._notifier)
        signals = Signals(end=self._reloading.end, tell=self._tell_condition)
        # From here on: a client that finds a surface open may well end the daemon.
        with signals.heard():
            await recording.turn_to(recording.prepared(self._loaded.configuration))
            try:
                # The control surface is closed last: until then it tells of the drain.
                async with AsyncExitStack() as control:
                    try:
                        await runtime.start()
                        await self._open_control(control)
                        self._tell_ready(ready_file)
                        while await signals.ask_for_reload():
                            await self._reloading.reload()
                        await self._begin_to_end()
                    finally:
                        await runtime.stop(self._drain_timeout.total_seconds())
            finally:
                recording.close()
            log.info("daemon.stopped")
        return 0

    @property
    def left_something_behind(self) -> bool:
        """Whether a thread still waits for a file, which the end must not wait for."""
        return self._reloading.is_left_behind

    @property
    def _drain_timeout(self) -> timedelta:
        return self._reloading.loaded.configuration.drain_timeout

    def _process(self) -> Process:
        return Process(
            pid=os.getpid(),
            started_at=self._origin.started_at,
            ready=False,
            config_source=str(self._origin.path.absolute()) if self._origin.path else None,
            warnings=self._loaded.warnings,
        )

    async def _open_control(self, control: AsyncExitStack) -> None:
        """Open probes and admin surface until `control` is closed."""
        # aiohttp takes longer to load than everything else; the surfaces answer meanwhile.
        await asyncio.to_thread(import_module, "imds_sim.server.control")
        from imds_sim.server.control import serving
        from imds_sim.server.probes import probing

        configuration, runtime = self._loaded.configuration, self._backend.runtime
        given = self._inherited.sockets()
        runtime.probes = await control.enter_async_context(
            probing(self._backend, self._inherited.placed_probes(configuration.probes), given)
        )
        runtime.admin = await control.enter_async_context(
            serving(
                self._backend,
                self._reloading.reload,
                self._inherited.placed_admin(configuration.listen.admin),
                os.environ,
                os.geteuid(),
                inherited=given,
                token=self._admin_token,
            )
        )
        self._inherited.close_unused([*runtime.bound(), *runtime.probes, *runtime.admin])
        folder = self._folder_of_pods(runtime, control)
        if folder is not None:
            runtime.project(folder)

    def _folder_of_pods(self, runtime: Runtime, control: AsyncExitStack) -> Path | None:
        """Beside the admin socket; without one in a private folder until `control` is closed.

        None where no file can be written, which only pods need. Raises TokensNotWritable for those.
        """
        for address in runtime.admin:
            if isinstance(address, UnixAddress):
                return folder_beside(address.path)
        try:
            return control.enter_context(private_folder()) / "pods"
        except OSError as error:
            if self._core.world.pods:
                raise TokensNotWritable(
                    f"token files of pods: {error.strerror}; let TMPDIR be a folder that can be "
                    "written, or `listen.admin` a unix socket in one"
                ) from error
            return None

    def _tell_ready(self, ready_file: str | None) -> None:
        """All is bound and minted: keep what must outlive the process, and say so everywhere."""
        self._origin.commit(self._loaded.world)
        keep(self._loaded.configuration)
        endpoints = self._backend.endpoints()
        self._write_ready_file(ready_file, endpoints)
        self._backend.process = replace(self._backend.process, ready=True)
        gc.collect()
        gc.freeze()  # what the start left stays; no later collection needs to look at it again
        for warning in self._loaded.warnings:
            log.warning("config.warning", extra={"warning": warning})
        log.info("daemon.ready", extra={"summary": summary(self._core, endpoints)})
        self._notifier.ready(summary(self._core, endpoints))
        show(banner(self._core, endpoints))

    def _write_ready_file(self, ready_file: str | None, endpoints: Endpoints) -> None:
        if ready_file is None:
            return
        document = json.dumps(ready_document(endpoints), indent=1) + "\n"
        try:
            write_atomically(Path(ready_file), document.encode(), mode=0o644)
        except OSError as error:
            raise ReadyFileNotWritable(f"{ready_file}: {error.strerror}") from error

    async def _begin_to_end(self) -> None:
        self._notifier.stopping(self._drain_timeout)
        log.info("daemon.stopping")
        self._backend.process = replace(self._backend.process, ready=False)
        await self._reloading.settled()

    def _tell_condition(self) -> None:
        log.info("daemon.condition", extra=condition(self._backend))

    def _alive(self) -> None:
        """After a tick: loop and refresher live, so the watchdog may hear of it."""
        every = self._notifier.watchdog_every
        now = asyncio.get_running_loop().time()
        if every is not None and now - self._last_sign >= every.total_seconds() / 2:
            self._last_sign = now
            self._notifier.alive()
        self._descriptors.look()
