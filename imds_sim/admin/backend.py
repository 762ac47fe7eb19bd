"""What the admin surface needs of the process that serves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.credentials.refresh import Held
from imds_sim.faults.armed import ArmedFault, ArmedFaults
from imds_sim.imds.signed_forms import SignedForm
from imds_sim.journal.clients import Clients
from imds_sim.journal.counters import Counters
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.clock import ShiftedClock
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.message import Request, Response
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.simulator.overlay import Overlay
from imds_sim.simulator.world import World
from imds_sim.sts.audit.alarms import Alarms
from imds_sim.sts.audit.trail import AuditTrail
from imds_sim.sts.service import Service


@dataclass(frozen=True, slots=True)
class ReloadError:
    """One thing wrong in the file; `line` and `column` count from 1, None where there is none."""

    source: str
    line: int | None
    column: int | None
    key: str
    message: str
    text: str  # the whole as one line


@dataclass(frozen=True, slots=True)
class ReloadOutcome:
    """How a reload ended. `code` is None if it took effect, else the name of the error.

    `changes` and `warnings` are lines for a person; `generation` is the one that answers now.
    """

    at: datetime
    generation: int
    changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    code: str | None = None
    errors: tuple[ReloadError, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """The process of the daemon; `config_source` is a path, or None for the built-in file."""

    pid: int
    started_at: datetime  # wall clock
    ready: bool
    config_source: str | None
    warnings: tuple[str, ...] = ()
    last_reload: ReloadOutcome | None = None
    last_good_at: datetime | None = None  # when a reload last took effect


@dataclass(frozen=True, slots=True)
class FileStatus:
    """A file that records are appended to: how many it got, how many it did not get."""

    path: str
    written: int
    lost: int


class HeldCredentials(Protocol):
    """The credentials that are held, and those that a reader would get."""

    def current(self, workload: str, delivery: Delivery) -> CredentialSet | Refused | None: ...

    def held(self, workload: str) -> Mapping[Delivery, Held]: ...


class ServedCore(Protocol):
    """The parts of `Core` that are shown or turned."""

    @property
    def world(self) -> World: ...

    @property
    def credentials(self) -> HeldCredentials: ...

    @property
    def journal(self) -> Recorder: ...

    @property
    def audit(self) -> AuditTrail: ...

    @property
    def alarms(self) -> Alarms: ...

    @property
    def counters(self) -> Counters: ...

    @property
    def clients(self) -> Clients: ...

    @property
    def clock(self) -> ShiftedClock: ...

    @property
    def faults(self) -> ArmedFaults: ...

    @property
    def sts(self) -> Service: ...

    @property
    def generation(self) -> int: ...

    @property
    def overlay(self) -> Overlay: ...

    @property
    def identifiers(self) -> Identifiers: ...

    def lay_over(self, overlay: Overlay) -> None: ...

    def certificates(self) -> Mapping[SignedForm, str]: ...

    def handle(self, connection: Connection, request: Request) -> Response: ...

    def arm(
        self,
        fault: str,
        workload: str | None = None,
        surface: Surface | None = None,
        client: IPv4Network | IPv6Network | None = None,
    ) -> ArmedFault: ...

    def rotate(self, workload: str | None = None) -> int: ...

    def restore(self, function: str) -> int: ...

    def reset(self) -> int: ...


class AdminBackend(Protocol):
    """The daemon, as the admin surface sees it; read anew for every request."""

    @property
    def core(self) -> ServedCore: ...

    @property
    def process(self) -> Process: ...

    def endpoints(self) -> Endpoints: ...

    def files(self) -> tuple[FileStatus, ...]: ...

    def uptime(self) -> timedelta:
        """How long the daemon has been here, whatever the wall clock did meanwhile."""
        ...

    def tick(self) -> None:
        """Let what is due be done soon: sets to mint, token files to write."""
        ...

    def advance(self, by: timedelta) -> None:
        """Move the simulator's time and tick at once. Raises ShiftTooFar."""
        ...

    def set_rate(self, rate: float) -> None:
        """Let the simulator's time go at this rate, and tick at once. Raises RateImpossible."""
        ...

    def reset_clock(self) -> None:
        """Let the simulator's time be the wall's again, and tick at once."""
        ...
