"""The core on its sockets: what the daemon and the embedded simulator both run."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from imds_sim.admin.paths import FolderNotPrivate
from imds_sim.kernel.address import BoundAddress
from imds_sim.kernel.exchange import Surface
from imds_sim.server.alarm import Alarm
from imds_sim.server.connections import Connections
from imds_sim.server.descriptors import connection_limit, raise_descriptor_limit
from imds_sim.server.inherited import Inherited
from imds_sim.server.limits import LIMITS
from imds_sim.server.listeners import Listeners
from imds_sim.server.projected import BATCH, ProjectedTokens, TokensNotWritable
from imds_sim.server.site import Endpoint
from imds_sim.simulator.core import Core
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.simulator.world import World
from imds_sim.workloads.listener import Listener

log = logging.getLogger(__name__)

NOT_INHERITED = "no socket for it was inherited, and the configuration lists no address"


class Runtime:
    """Serves one core on the running loop, between `start` and `stop`."""

    def __init__(
        self,
        core: Core,
        ticked: Callable[[], None] = lambda: None,
        inherited: Inherited | None = None,
    ) -> None:
        self.core = core
        self._inherited = inherited or Inherited()
        self.admin: tuple[BoundAddress, ...] = ()
        self.probes: tuple[BoundAddress, ...] = ()
        loop = asyncio.get_running_loop()
        self._timer, self._began = loop.time, loop.time()
        self._connections = Connections(loop, connection_limit(raise_descriptor_limit()))
        self._listeners = Listeners(
            self._endpoint, self._connections, inherited=self._inherited.sockets()
        )
        self._alarm = Alarm(self._tick, ticked)
        self._projected: ProjectedTokens | None = None

    async def start(self) -> None:
        """Bind every listener, mint the first sets, begin to refresh. Raises CannotBind."""
        self._connections.allow(self.core.world.allow_clients)
        await self._reconcile(self.core.world)
        self.core.prime()
        self._alarm.start()

    def project(self, folder: Path) -> None:
        """Keep the tokens of pods in files under `folder` from now on; made if there are pods.

        Raises TokensNotWritable, FolderNotPrivate.
        """
        self._projected = ProjectedTokens(folder, self.core)
        self._projected.renew()

    async def adopt(self, world: World) -> None:
        """Go over to `world`: new listeners first, then everything at once.

        Raises CannotBind; then the old world and its listeners are still there.
        """
        await self._reconcile(world)
        self._connections.allow(world.allow_clients)
        self.core.swap(world)
        self._alarm.ring()

    def tick(self) -> None:
        """Let what is due be done soon: sets to mint, token files to write."""
        self._alarm.ring()

    def advance(self, by: timedelta) -> None:
        """Move the simulator's time and mint what fell due, in batches. Raises ShiftTooFar."""
        self.core.advance(by)
        self._alarm.ring()

    def set_rate(self, rate: float) -> None:
        """Let the simulator's time go at this rate; 0 stands still. Raises RateImpossible."""
        self.core.clock.go_at(rate)
        self._alarm.ring()

    def reset_clock(self) -> None:
        """Let the simulator's time be the wall's again."""
        self.core.reset_clock()
        self._alarm.ring()

    async def stop(self, drain_timeout: float) -> bool:
        """Accept no more, let open requests finish; False if some had to be cut off."""
        self._alarm.stop()
        if self._projected is not None:
            self._projected.remove()
            self._projected = None  # the control surface may still ring the alarm
        self._listeners.close()
        return await self._connections.drain(drain_timeout)

    @property
    def uptime(self) -> timedelta:
        """How long it has been here, whatever the wall clock did meanwhile."""
        return timedelta(seconds=self._timer() - self._began)

    @property
    def loop_lag(self) -> float:
        """Seconds by which the loop came late to its last regular look."""
        return self._alarm.lag

    @property
    def connections(self) -> int:
        """Connections of clients to the surfaces that are open now."""
        return len(self._connections)

    def in_flight(self) -> Mapping[str, int]:
        """Requests that have begun and are not answered, by surface."""
        return self._connections.in_flight()

    def bound(self) -> list[BoundAddress]:
        """Every address that a surface listens on now."""
        return [address for _, address in self._listeners.bound()]

    def endpoints(self) -> Endpoints:
        """Where everything is bound now."""
        surfaces: dict[Surface, tuple[str, ...]] = {}
        instances: dict[str, tuple[str, ...]] = {}
        for listener, address in self._listeners.bound():
            if listener.instance is None:
                surfaces[listener.surface] = (*surfaces.get(listener.surface, ()), address.url)
            else:
                own = instances.get(listener.instance, ())
                instances[listener.instance] = (*own, address.url)
        admin = tuple(address.url for address in self.admin)
        probes = tuple(address.url for address in self.probes)
        pods = None if self._projected is None else str(self._projected.folder)
        return Endpoints(surfaces, instances, admin, pods, probes)

    def _tick(self) -> bool:
        """Mint what is due, a bounded batch of credentials and tokens; True if more is."""
        more = self.core.tick()
        if self._projected is None:
            return more
        try:
            return self._projected.renew(BATCH) or more
        except (TokensNotWritable, FolderNotPrivate) as error:
            log.warning("pod.tokens_not_written", extra={"reason": str(error)})
            return more

    async def _reconcile(self, world: World) -> None:
        await self._listeners.reconcile(self._inherited.placed(world))
        for surface in self._inherited.switched_off(world):
            log.warning("listener.off", extra={"surface": surface, "reason": NOT_INHERITED})

    def _endpoint(self, listener: Listener) -> Endpoint:
        return Endpoint(self.core.handle, self.core.failed, LIMITS[listener.surface])
