"""The simulator inside another program: a thread and a loop of its own, free loopback ports."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from types import TracebackType
from typing import Self, TypeVar

from imds_sim.config.schema.configuration import Configuration
from imds_sim.journal.expect import Expect
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.clock import Clock, SystemClock
from imds_sim.kernel.errors import SimError
from imds_sim.server.faulty import Faults
from imds_sim.server.given_configuration import Given, loaded
from imds_sim.server.loop_thread import LoopThread
from imds_sim.server.moved_clock import MovedClock
from imds_sim.server.origin import Origin
from imds_sim.server.private_daemon import PrivateDaemon, private_daemon
from imds_sim.server.runtime import Runtime
from imds_sim.server.this_process import patched_environ
from imds_sim.simulator.child_environment import shield
from imds_sim.simulator.core import Core
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.simulator.environment import environment
from imds_sim.simulator.private import at_real_addresses, private_world
from imds_sim.simulator.world import World
from imds_sim.sts.audit.trail import AuditTrail
from imds_sim.workloads.instance import Instance

T = TypeVar("T")


class SimulatorStopped(SimError):
    """The simulator has ended and answers nothing any more."""


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
        self._thread = LoopThread("imds-sim")
        self._daemon: PrivateDaemon | None = None
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

        self = cls(loaded(configuration), as_configured, SystemClock(), placed)
        self._thread.start()
        try:
            self._thread.wait(self._start(admin))
        except BaseException:
            self._end_thread()
            raise
        return self

    async def _start(self, admin: bool) -> None:
        recorded = self._configuration if self._as_configured else None
        self._daemon = await self._closing.enter_async_context(
            private_daemon(self.core, recorded, admin)
        )

    @property
    def journal(self) -> Recorder:
        """What was asked and answered, oldest first; iterate over it."""
        self._check_process()
        return self.core.journal

    @property
    def expect(self) -> Expect:
        """Assertions on what was asked so far, which read as sentences; names as faults have them:

        `sim.expect.sequence("token", "role", "cred")`, `sim.expect.no_v1()`.
        """
        return Expect.of(self.journal)

    @property
    def audit(self) -> AuditTrail:
        """The CloudTrail records of the STS, oldest first; iterate over it."""
        self._check_process()
        return self.core.audit

    @property
    def counters(self) -> Mapping[str, Mapping[str, int]]:
        """What CloudWatch counts of each instance, by now: `MetadataNoToken`, requests as IMDSv1
        that were answered, and `MetadataNoTokenRejected`, those that were refused.
        """
        self._check_process()
        return {
            name: dict(self.core.counters.of(name))
            for name, workload in self.core.world.resolver.workloads.items()
            if isinstance(workload, Instance)
        }

    @property
    def clock(self) -> MovedClock:
        """The simulator's time, and how to move it."""
        self._check_process()
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

        The user's files with real keys and profiles are hidden, and no proxy is on the way. What
        must be gone (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, `AWS_EC2_METADATA_DISABLED` ...) is gone
        inside `patched_environ` alone. Raises WorkloadUnknown, EnvironmentUnavailable.
        """
        _check_name(workload)
        empty_file = self._running().empty_file
        return self._call(
            lambda runtime: {
                **shield(os.environ, empty_file),
                **environment(self.core, runtime.endpoints(), workload).set,
            }
        )

    @contextmanager
    def patched_environ(self, workload: str | None = None) -> Iterator[None]:
        """Inside, this process is that workload and sees nothing of the real AWS.

        `os.environ` is what `imds-sim run` gives to a command, and boto3 begins with a new default
        session. On leaving, both are as they were. Raises WorkloadUnknown, EnvironmentUnavailable.
        """
        with patched_environ(self.environment(workload)):
            yield

    def rotate(self, workload: str | None = None) -> int:
        """Mint anew for one workload or all; returns the number of sets. Raises WorkloadUnknown."""
        _check_name(workload)
        return self._call(lambda runtime: runtime.core.rotate(workload))

    def restore(self, function: str) -> None:
        """Give a function with SnapStart new credentials behind its token, as a restore does.

        Raises WorkloadUnknown, NotRestorable.
        """
        _check_name(function)
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
        """Close every socket and end the thread; further calls do nothing, nor does a fork's."""
        if not self._thread.is_of_this_process:
            return
        with self._stopping:
            if self._thread.is_alive:
                self._daemon = None
                self._end_thread()

    def __enter__(self) -> Self:
        self._running()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _call(self, function: Callable[[Runtime], T]) -> T:
        """Run `function` on the loop's thread: the core belongs to it. Raises SimulatorStopped."""
        runtime = self._running().runtime

        async def run() -> T:
            return function(runtime)

        return self._thread.wait(run())

    def _running(self) -> PrivateDaemon:
        """Raises SimulatorStopped."""
        self._check_process()
        if self._daemon is None:
            raise SimulatorStopped("the simulator was stopped; start another one")
        return self._daemon

    def _check_process(self) -> None:
        """Raises SimulatorStopped in a forked child, whose copy of everything nobody keeps up."""
        if not self._thread.is_of_this_process:
            raise SimulatorStopped(
                "the simulator runs in another process, from which this one was forked; "
                "start another one here"
            )

    def _end_thread(self) -> None:
        self._thread.wait(self._closing.aclose())
        self._thread.end()


def _check_name(workload: object) -> None:
    if not (workload is None or isinstance(workload, str)):
        raise TypeError(f"a workload is told by its name, not as {workload!r}")
