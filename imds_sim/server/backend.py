"""The running daemon as the admin surface sees it."""

from dataclasses import dataclass
from datetime import timedelta

from imds_sim.admin.backend import FileStatus, Process
from imds_sim.server.recording import Recording
from imds_sim.server.runtime import Runtime
from imds_sim.simulator.core import Core
from imds_sim.simulator.endpoints import Endpoints


@dataclass(slots=True)
class Backend:
    """Holds what changes while the daemon runs: `process` is replaced as a whole."""

    runtime: Runtime
    process: Process
    recording: Recording

    @property
    def core(self) -> Core:
        """The core that answers."""
        return self.runtime.core

    def uptime(self) -> timedelta:
        """How long the daemon has been here."""
        return self.runtime.uptime

    def tick(self) -> None:
        """Let what is due be done soon."""
        self.runtime.tick()

    def advance(self, by: timedelta) -> None:
        """Move the simulator's time, mint what fell due. Raises ShiftTooFar."""
        self.runtime.advance(by)

    def set_rate(self, rate: float) -> None:
        """Let the simulator's time go at this rate. Raises RateImpossible."""
        self.runtime.set_rate(rate)

    def reset_clock(self) -> None:
        """Let the simulator's time be the wall's again."""
        self.runtime.reset_clock()

    def files(self) -> tuple[FileStatus, ...]:
        """The files that records go to."""
        return tuple(
            FileStatus(str(each.path), each.written, each.lost) for each in self.recording.status()
        )

    def endpoints(self) -> Endpoints:
        """Where everything is bound now."""
        return self.runtime.endpoints()
