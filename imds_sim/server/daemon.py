"""The daemon, from its first line to its exit status."""

import asyncio
import faulthandler
import gc
import json
import logging
import os
import signal
import sys
import tempfile
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import uvloop

from imds_sim.admin.backend import Process, ReloadError, ReloadOutcome
from imds_sim.admin.changes import changes
from imds_sim.config.errors import ConfigError
from imds_sim.config.schema.configuration import Configuration
from imds_sim.kernel.address import UnixAddress
from imds_sim.kernel.clock import SystemClock
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.secret import Secret
from imds_sim.server import logs
from imds_sim.server.backend import Backend
from imds_sim.server.banner import banner, ready_document, summary
from imds_sim.server.binding import CannotBind
from imds_sim.server.inherited import Inherited
from imds_sim.server.last_good import keep, load_or_last_good, warning_of
from imds_sim.server.origin import Loaded, Origin
from imds_sim.server.projected import folder_beside
from imds_sim.server.recording import Recording
from imds_sim.server.runtime import Runtime
from imds_sim.server.state import write_atomically
from imds_sim.server.systemd import Notifier, from_environment
from imds_sim.simulator.core import Core

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
    clock = SystemClock()
    configuration, wrong = load_or_last_good(config_path, os.environ, last_good)
    logs.configure(configuration.log.level, configuration.log.format)
    if wrong is not None:
        log.error("config.last_good", extra={"reason": wrong})
    _show_stacks_on_signals()
    token = _admin_token(configuration)
    origin = Origin(configuration, clock.now(), Path(config_path) if config_path else None)
    loaded = origin.first()
    origin.commit(loaded.world)
    if wrong is None:
        keep(configuration)
    else:
        loaded = replace(loaded, warnings=(warning_of(wrong), *loaded.warnings))
    core = Core(loaded.world, origin.state_key, clock, origin.entropy, origin.issuer_keys)
    inherited = Inherited.of(os.environ, os.getpid())
    daemon = Daemon(core, origin, loaded, from_environment(), inherited, token)
    return uvloop.run(daemon.run(ready_file))


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
    """One daemon on the running loop: what it serves, its signals, its reloads."""

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
        self._loaded = loaded
        self._notifier = notifier
        self._inherited = inherited
        self._admin_token = admin_token
        self._reloading = asyncio.Lock()
        self._last_sign = 0.0

    async def run(self, ready_file: str | None) -> int:
        """Start, serve until told to end, stop."""
        # From here on: a client that finds a surface open may well end the daemon.
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, number, ended)
        recording = Recording(self._core)
        await recording.turn_to(recording.prepared(self._loaded.configuration))
        runtime = Runtime(self._core, self._alive, self._inherited)
        process = Process(
            pid=os.getpid(),
            started_at=self._origin.started_at,
            ready=False,
            config_source=str(self._origin.path.absolute()) if self._origin.path else None,
            warnings=self._loaded.warnings,
        )
        self._backend = Backend(runtime, process, recording)
        await runtime.start()
        try:
            # aiohttp takes longer to load than everything else; the surfaces answer meanwhile.
            await asyncio.to_thread(import_module, "imds_sim.server.control")
            from imds_sim.server.control import serving
            from imds_sim.server.probes import probing

            configuration = self._loaded.configuration
            async with (
                probing(
                    self._backend,
                    self._inherited.placed_probes(configuration.probes),
                    self._inherited.sockets(),
                ) as runtime.probes,
                serving(
                    self._backend,
                    self.reload,
                    self._inherited.placed_admin(configuration.listen.admin),
                    os.environ,
                    os.geteuid(),
                    inherited=self._inherited.sockets(),
                    token=self._admin_token,
                ) as runtime.admin,
            ):
                self._inherited.close_unused([*runtime.bound(), *runtime.probes, *runtime.admin])
                await self._serve(runtime, ready_file, ended)
        finally:
            timeout = self._loaded.configuration.drain_timeout.total_seconds()
            await runtime.stop(timeout)
            recording.close()
        log.info("daemon.stopped")
        return 0

    async def _serve(self, runtime: Runtime, ready_file: str | None, ended: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        runtime.project(self._folder_of_pods(runtime))
        self._write_ready_file(runtime, ready_file)
        async with asyncio.TaskGroup() as tasks:
            loop.add_signal_handler(
                signal.SIGHUP, lambda: tasks.create_task(self.reload(), name="reload")
            )
            self._tell_ready(runtime)
            await ended.wait()
            loop.remove_signal_handler(signal.SIGHUP)
            self._notifier.stopping()
            log.info("daemon.stopping")
            self._backend.process = replace(self._backend.process, ready=False)

    def _folder_of_pods(self, runtime: Runtime) -> Path:
        """Beside the admin socket; without one a folder of its own."""
        for address in runtime.admin:
            if isinstance(address, UnixAddress):
                return folder_beside(address.path)
        return Path(tempfile.mkdtemp(prefix="imds-sim-"), "pods")

    def _end(self, number: signal.Signals, ended: asyncio.Event) -> None:
        """The first signal begins the drain; the second one ends the process, whatever is open."""
        if ended.is_set():
            log.warning("daemon.cut_short", extra={"signal": number.name})
            os._exit(128 + number)
        ended.set()

    def _write_ready_file(self, runtime: Runtime, ready_file: str | None) -> None:
        if ready_file is None:
            return
        document = json.dumps(ready_document(runtime.endpoints()), indent=1) + "\n"
        try:
            write_atomically(Path(ready_file), document.encode(), mode=0o644)
        except OSError as error:
            raise ReadyFileNotWritable(f"{ready_file}: {error.strerror}") from error

    def _tell_ready(self, runtime: Runtime) -> None:
        endpoints = runtime.endpoints()
        self._backend.process = replace(self._backend.process, ready=True)
        gc.collect()
        gc.freeze()  # what the start left stays; no later collection needs to look at it again
        for warning in self._loaded.warnings:
            log.warning("config.warning", extra={"warning": warning})
        log.info("daemon.ready", extra={"summary": summary(self._core, endpoints)})
        self._notifier.ready(summary(self._core, endpoints))
        sys.stdout.write(banner(self._core, endpoints))
        sys.stdout.flush()

    async def reload(self) -> ReloadOutcome:
        """Read the file again and go over to it whole, or stay as it is. One at a time."""
        async with self._reloading:
            self._notifier.reloading()
            try:
                outcome = await self._reload()
            finally:
                # A reload that failed ends in READY too, or the unit would hang in "reloading".
                self._notifier.ready(summary(self._core, self._backend.endpoints()))
            self._backend.process = replace(
                self._backend.process, warnings=self._loaded.warnings, last_reload=outcome
            )
            if outcome.code is None:
                self._backend.process = replace(self._backend.process, last_good_at=outcome.at)
            return outcome

    async def _reload(self) -> ReloadOutcome:
        before = self._core.configured
        try:
            loaded = await asyncio.to_thread(self._origin.again)
            files = self._backend.recording.prepared(loaded.configuration)
            try:
                self._origin.commit(loaded.world)
                await self._backend.runtime.adopt(loaded.world)
            except SimError as error:
                self._backend.recording.discard(files)
                if isinstance(error, CannotBind):
                    self._origin.commit(before)
                raise
            await self._backend.recording.turn_to(files)
        except SimError as error:
            log.error("config.reload_failed", extra={"reason": str(error)})
            return self._failure(error)
        self._loaded = loaded
        keep(loaded.configuration)
        logs.configure(loaded.configuration.log.level, loaded.configuration.log.format)
        outcome = ReloadOutcome(
            at=self._core.clock.wall(),
            generation=self._core.generation,
            changes=changes(before, loaded.world),
            warnings=loaded.warnings,
        )
        log.info("config.reloaded", extra={"generation": outcome.generation})
        return outcome

    def _failure(self, error: SimError) -> ReloadOutcome:
        if isinstance(error, ConfigError):
            errors = tuple(
                ReloadError(p.source, p.line, p.column, p.key, p.message, str(p))
                for p in error.errors
            )
        else:
            source = str(self._origin.path)
            errors = (ReloadError(source, None, None, "", str(error), str(error)),)
        return ReloadOutcome(
            at=self._core.clock.wall(),
            generation=self._core.generation,
            code=type(error).__name__,
            errors=errors,
        )

    def _alive(self) -> None:
        """After a tick: loop and refresher live, so the watchdog may hear of it."""
        every = self._notifier.watchdog_every
        now = asyncio.get_running_loop().time()
        if every is not None and now - self._last_sign >= every.total_seconds() / 2:
            self._last_sign = now
            self._notifier.alive()


def _show_stacks_on_signals() -> None:
    """SIGQUIT writes the stacks of all threads to standard error; SIGABRT too, then it ends.

    SIGABRT is what systemd sends when the watchdog hears nothing: systemd.service(5).
    """
    try:
        faulthandler.enable()
        faulthandler.register(signal.SIGQUIT)
    except (RuntimeError, ValueError, OSError):  # standard error is closed
        log.debug("daemon.no_stacks")
