"""The daemon as the admin surface sees it, without a daemon."""

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from imds_sim.admin.backend import FileStatus, Process
from imds_sim.faults.armed import ArmedFault, ArmedFaults
from imds_sim.imds.signed_forms import SignedForm
from imds_sim.journal.clients import Clients
from imds_sim.journal.counters import Counters
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.clock import ManualClock, ShiftedClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.message import Request, Response
from imds_sim.simulator.arming import arm
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.simulator.overlay import Overlay
from imds_sim.simulator.restoring import check_restorable
from imds_sim.simulator.world import World
from imds_sim.sts.audit.alarms import Alarms
from imds_sim.sts.audit.trail import AuditTrail
from imds_sim.sts.service import Service
from imds_sim.sts.sessions import SessionSealer
from tests.worlds import ISSUED_AT, FixedCredentials


@dataclass
class FakeCore:
    world: World
    clock: ShiftedClock = field(default_factory=lambda: ShiftedClock(ManualClock(ISSUED_AT)))
    credentials: FixedCredentials = field(default_factory=FixedCredentials)
    journal: Recorder = field(default_factory=lambda: Recorder(3))
    audit: AuditTrail = field(default_factory=AuditTrail)
    counters: Counters = field(default_factory=Counters)
    clients: Clients = field(default_factory=Clients)
    generation: int = 2
    overlay: Overlay = field(default_factory=Overlay)
    identifiers: Identifiers = Identifiers(b"k" * 32)  # noqa: RUF009 - a value
    configured: World = field(init=False)
    faults: ArmedFaults = field(init=False)

    def __post_init__(self) -> None:
        self.configured = self.world
        self.faults = ArmedFaults(SeededEntropy(1), self.clock)

    def lay_over(self, overlay: Overlay) -> None:
        self.overlay = overlay
        self.world = overlay.over(self.configured)

    @property
    def alarms(self) -> Alarms:
        return self.audit.alarms

    @property
    def sts(self) -> Service:
        entropy = SeededEntropy(1)
        sealer = SessionSealer(b"k" * 32, entropy)
        return Service(self.world.directory, sealer, self.clock, entropy, self.world.region)

    def certificates(self) -> dict[SignedForm, str]:
        return {form: f"certificate of {form.value}\n" for form in SignedForm}

    def rotate(self, workload: str | None = None) -> int:
        if workload is not None:
            self.world.resolver.named(workload)
        return 1 if workload else len(self.world.resolver.workloads)

    def restore(self, function: str) -> int:
        check_restorable(self.world.resolver.named(function))
        return 1

    def arm(
        self,
        fault: str,
        workload: str | None = None,
        surface: Surface | None = None,
        client: IPv4Network | IPv6Network | None = None,
    ) -> ArmedFault:
        return arm(self.faults, self.world, fault, workload, surface, client)

    def handle(self, connection: Connection, request: Request) -> Response:
        raise AssertionError("no request is taken through this core")

    def reset(self) -> int:
        self.clock.reset()
        self.journal.clear()
        self.clients.clear()
        self.audit.clear()
        return self.rotate()


@dataclass
class FakeBackend:
    core: FakeCore
    process: Process
    off: Surface | None = None
    ticks: int = 0

    def uptime(self) -> timedelta:
        return timedelta(hours=2)

    def tick(self) -> None:
        self.ticks += 1

    def advance(self, by: timedelta) -> None:
        self.core.clock.advance(by)
        self.ticks += 1

    def set_rate(self, rate: float) -> None:
        self.core.clock.go_at(rate)
        self.ticks += 1

    def reset_clock(self) -> None:
        self.core.clock.reset()
        self.ticks += 1

    def files(self) -> tuple[FileStatus, ...]:
        return (FileStatus("/var/log/imds-sim/audit.jsonl", 7, 1),)

    def endpoints(self) -> Endpoints:
        surfaces = {
            Surface.IMDS: ("http://127.0.0.1:1338",),
            Surface.STS: ("http://127.0.0.1:1339",),
            Surface.ECS: ("http://127.0.0.1:1340",),
            Surface.LAMBDA: ("http://127.0.0.1:1342",),
        }
        return Endpoints(
            {surface: urls for surface, urls in surfaces.items() if surface is not self.off},
            {"web-2": ("http://169.254.169.254",)},
            ("unix:/run/imds-sim/admin.sock",),
            probes=("http://127.0.0.1:9102",),
        )


def fake_backend(world: World) -> FakeBackend:
    """A daemon that was started two hours ago and is ready."""
    started_at = ISSUED_AT - timedelta(hours=2)
    return FakeBackend(FakeCore(world), Process(42, started_at, True, "/etc/sim.yaml", ("mind",)))
