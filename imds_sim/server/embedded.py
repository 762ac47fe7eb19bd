"""The simulator inside another program: a thread and a loop of its own, free loopback ports."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, TypeVar

import uvloop

from imds_sim.admin.backend import Process, ReloadError, ReloadOutcome
from imds_sim.admin.paths import SOCKET_NAME
from imds_sim.config.load import DEFAULT_FILE, load_config, parse_config
from imds_sim.config.schema.configuration import Configuration
from imds_sim.journal.expect import Expect
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.address import UnixAddress
from imds_sim.kernel.clock import Clock, SystemClock
from imds_sim.kernel.errors import SimError
from imds_sim.server.backend import Backend
from imds_sim.server.faulty import Faults
from imds_sim.server.moved_clock import MovedClock
from imds_sim.server.origin import Origin
from imds_sim.server.recording import Recording
from imds_sim.server.runtime import Runtime
from imds_sim.simulator.core import Core
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.simulator.environment import environment
from imds_sim.simulator.private import at_real_addresses, private_world
from imds_sim.simulator.world import World
from imds_sim.sts.audit.trail import AuditTrail

T = TypeVar("T")
Given = Configuration | str | os.PathLike[str] | Mapping[str, object] | None


class SimulatorStopped(SimError):
    """The simulator has ended and answers nothing any more."""


# Read with the module: the first start shall not wait until the schema is built.
DEFAULT = parse_config(f"seed: 1\n{DEFAULT_FILE}")
HIDDEN_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
DRAIN = 1.0  # seconds; whoever embeds the simulator has stopped asking


class Simulator:
    """A running simulator, got by `start`. Use it as a context manager, or call `stop`.

    Its methods may be called from any thread. Unless `as_configured`, what makes a file fit for a
    service is left out: `listen`, `state_dir`, the files of journal and audit; every instance gets
    a free loopback port.
    """

    def __init__(
        self,
        configuration: Configuration,
        as_configured: bool,
        clock: Clock,
        placed: Callable[[World], World] = private_world,
    ) -> None:
        self._configuration, self._as_configured = configuration, as_configured
        origin = Origin(configuration, clock.now(), keep_state=as_configured)
        world = origin.first().world
        self.core = Core(
            world if as_configured else placed(world),
            origin.state_key,
            clock,
            origin.entropy,
            origin.issuer_keys,
        )
        origin.commit(world)
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="imds-sim", daemon=True)
        self._runtime: Runtime | None = None
        self._closing = AsyncExitStack()
        self._closing.callback(origin.close)  # the lock of the state directory
        self._stopping = threading.Lock()

    @classmethod
    def start(
        cls,
        configuration: Given = None,
        *,
        as_configured: bool = False,
        admin: bool = False,
        isolated: bool = False,
        workload: str | None = None,
    ) -> Self:
        """Start on `configuration`: one that is loaded, the path of one, or a mapping.

        By default it is the built-in world with a seed. With `admin` commands can reach it, by a
        socket in a private folder. `isolated` is for a network namespace with the metadata
        addresses: `workload` has them. Everything is bound and minted when this returns. Raises
        CannotBind, ConfigInvalid, ConfigNotReadable.
        """

        def placed(world: World) -> World:
            private = private_world(world)
            return at_real_addresses(private, workload) if isolated else private

        self = cls(_loaded(configuration), as_configured, SystemClock(), placed)
        self._thread.start()
        try:
            self._wait(self._start(admin))
        except BaseException:
            self._end_thread()
            raise
        return self

    async def _start(self, admin: bool) -> None:
        recording = Recording(self.core)
        if self._as_configured:
            self._closing.callback(recording.close)
            await recording.turn_to(recording.prepared(self._configuration))
        runtime = Runtime(self.core)
        self._closing.push_async_callback(runtime.stop, DRAIN)
        await runtime.start()
        folder = ""
        if admin or self.core.world.pods:
            folder = self._closing.enter_context(TemporaryDirectory(prefix="imds-sim-"))
            runtime.project(Path(folder, "pods"))
        if admin:
            from imds_sim.server.control import serving  # loads aiohttp

            place = UnixAddress(f"{folder}/{SOCKET_NAME}")
            backend = Backend(runtime, self._process(), recording)
            runtime.admin = await self._closing.enter_async_context(
                serving(backend, self._reload, [place], {}, os.geteuid())
            )
        self._runtime = runtime

    def _process(self) -> Process:
        return Process(os.getpid(), self.core.clock.wall(), ready=True, config_source=None)

    async def _reload(self) -> ReloadOutcome:
        told = "a private simulator has no file that it could read again; start another one"
        error = ReloadError("run", None, None, "", told, told)
        clock, generation = self.core.clock, self.core.generation
        return ReloadOutcome(clock.wall(), generation, code="NotReloadable", errors=(error,))

    @property
    def journal(self) -> Recorder:
        """What was asked and answered, oldest first; iterate over it."""
        return self.core.journal

    @property
    def expect(self) -> Expect:
        """Assertions on what was asked so far, which read as sentences; names as faults have them:

        `sim.expect.sequence("token", "role", "cred")`, `sim.expect.no_v1()`.
        """
        return Expect.of(self.core.journal)

    @property
    def audit(self) -> AuditTrail:
        """The CloudTrail records of the STS, oldest first; iterate over it."""
        return self.core.audit

    @property
    def clock(self) -> MovedClock:
        """The simulator's time, and how to move it."""
        return MovedClock(self.core.clock, self._call)

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose, and how to make it so."""
        return Faults(self._call)

    @property
    def endpoints(self) -> Endpoints:
        """Where the surfaces are bound."""
        return self._call(Runtime.endpoints)

    def environment(self, workload: str | None = None) -> dict[str, str]:
        """The variables that make an SDK that workload; by default the first one there is.

        The files with the user's real profiles are hidden; keys in the environment are the caller's
        to remove, since they come before everything else.
        Raises WorkloadUnknown, EnvironmentUnavailable.
        """
        return self._call(
            lambda runtime: {
                **HIDDEN_FILES,
                **environment(self.core, runtime.endpoints(), workload).set,
            }
        )

    def rotate(self, workload: str | None = None) -> int:
        """Mint anew for one workload or all; returns the number of sets. Raises WorkloadUnknown."""
        return self._call(lambda runtime: runtime.core.rotate(workload))

    def restore(self, function: str) -> None:
        """Give a function with SnapStart new credentials behind its token, as a restore does.

        Raises WorkloadUnknown, NotRestorable.
        """
        self._call(lambda runtime: runtime.core.restore(function))

    def reset(self) -> None:
        """Empty the journal, go back to the real time, mint every set anew: ready for a next test.

        Faults armed at run time are gone, those of the file armed anew.
        Sets and tokens that were handed out live to their own end. Raises SimulatorStopped.
        """

        def reset(runtime: Runtime) -> None:
            runtime.core.reset()
            runtime.reset_clock()

        self._call(reset)

    def stop(self) -> None:
        """Close every socket and end the thread; further calls do nothing."""
        with self._stopping:
            if self._thread.is_alive():
                self._runtime = None
                self._end_thread()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _call(self, function: Callable[[Runtime], T]) -> T:
        """Run `function` on the loop's thread: the core belongs to it. Raises SimulatorStopped."""
        runtime = self._runtime
        if runtime is None:
            raise SimulatorStopped("the simulator was stopped; start another one")

        async def run() -> T:
            return function(runtime)

        return self._wait(run())

    def _wait(self, task: Coroutine[None, None, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(task, self._loop)
        return future.result()

    def _end_thread(self) -> None:
        self._wait(self._closing.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _loaded(given: Given) -> Configuration:
    """Raises ConfigInvalid, ConfigNotReadable."""
    if given is None:
        return DEFAULT
    if isinstance(given, Configuration):
        return given
    if isinstance(given, str | os.PathLike):
        return load_config(given)
    if isinstance(given, Mapping):
        return parse_config(given)
    raise TypeError(
        "Simulator.start takes a Configuration, the path of one or a mapping, "
        f"not {type(given).__name__}"
    )
