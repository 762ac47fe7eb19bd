"""The core: the synchronous whole behind every socket. Give it a request, it gives the response."""

import hmac
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.cloudshell import ShellTokens
from imds_sim.containers.ecs import EcsHandler
from imds_sim.containers.eks import EksHandler
from imds_sim.containers.eks_probes import EksProbeHandler
from imds_sim.containers.generic import GenericHandler
from imds_sim.containers.task_protection import TaskProtections
from imds_sim.credentials.minting import Minter
from imds_sim.credentials.refresh import BATCH, Minting, RefreshingProvider
from imds_sim.faults.armed import ArmedFault, ArmedFaults, Origin
from imds_sim.imds.handler import ImdsHandler
from imds_sim.imds.signatures import Signatures
from imds_sim.imds.signed_forms import SignedForm
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.journal.clients import Clients
from imds_sim.journal.counters import Counters
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.clock import Clock, ShiftedClock, SteadyClock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.keys import KeyKeeper, ProcessKeys
from imds_sim.kernel.message import Request, Response, Unreadable
from imds_sim.kernel.token_bucket import TokenBuckets
from imds_sim.simulator.arming import arm
from imds_sim.simulator.cluster_tokens import ClusterTokens
from imds_sim.simulator.container_calls import assume_for, ecs_agent
from imds_sim.simulator.handed import HandedCredentials, Kept
from imds_sim.simulator.overlay import Overlay
from imds_sim.simulator.pipeline import Pipeline
from imds_sim.simulator.playing import Playing
from imds_sim.simulator.restoring import check_restorable
from imds_sim.simulator.traffic import Traffic
from imds_sim.simulator.world import World, changed_workloads
from imds_sim.sts.audit.trail import AuditTrail
from imds_sim.sts.mfa import UsedCodes
from imds_sim.sts.query_api.handler import StsQueryHandler
from imds_sim.sts.service import Service
from imds_sim.sts.sessions import SessionSealer

PRIMED_AT_START = 500  # workloads that hold credentials before the daemon calls itself ready


def derived_key(state_key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose, from the one that is kept."""
    return hmac.digest(state_key, f"imds-sim {purpose}".encode(), "sha256")


class Core:
    """One simulator without sockets. Not thread-safe: one thread calls it.

    What outlives a world: every key, the held credentials, the journal, the audit, alarms,
    counters, clients, the MFA codes that were used, and the overlay as far as the file lets it.
    """

    _pipeline: Pipeline
    _handed: HandedCredentials

    def __init__(
        self,
        world: World,
        state_key: bytes,
        clock: Clock,
        entropy: Entropy,
        issuer_keys: KeyKeeper | None = None,
    ) -> None:
        """`issuer_keys` keep private keys longer than this process, if given."""
        self.clock = ShiftedClock(clock)
        self._moment = SteadyClock(self.clock)
        self.journal = Recorder(world.journal_capacity)
        self.audit = AuditTrail(world.audit)
        self.alarms = self.audit.alarms
        self.alarms.adopt(world.alarms)
        self.counters = Counters()
        self.clients = Clients()
        self.traffic = Traffic()
        self.generation = 1
        self.configured = world  # as the file has it, without the overlay
        self.overlay = Overlay()
        self.identifiers = Identifiers(derived_key(state_key, "identifiers"))
        self._entropy = entropy
        self._sealer = SessionSealer(derived_key(state_key, "session tokens"), entropy)
        self._tokens = MetadataTokens(
            derived_key(state_key, "metadata tokens"), self._moment, entropy
        )
        self._shell_tokens = ShellTokens(derived_key(state_key, "shell tokens"), self._moment)
        self._used_codes = UsedCodes()
        self._ecs_buckets = TokenBuckets(self._moment)
        self._protections = TaskProtections(self._moment)
        self._agent_answered: Counter[int] = Counter()  # by status
        self._issuer_keys = ProcessKeys(issuer_keys)
        self._signatures = Signatures(self._issuer_keys, self._moment, entropy)
        self.faults = ArmedFaults(entropy, self._moment)
        self._kept: Kept = Kept()
        service = self._service(world)
        self.credentials = RefreshingProvider(
            self._moment, _minting(world, service), world.resolver.workloads.values()
        )
        self._install(world, service)
        self._arm(world)

    @property
    def world(self) -> World:
        """The world that answers now."""
        return self._pipeline.world

    @property
    def sts(self) -> Service:
        """The STS of the world that answers now."""
        return self._sts

    def certificates(self) -> dict[SignedForm, str]:
        """What identity documents of this region are checked with, in PEM. Raises KeyUnusable."""
        region = self.world.region
        return {form: self._signatures.certificate(form, region) for form in SignedForm}

    def handle(self, connection: Connection, request: Request | Unreadable) -> Response:
        """Take one request through the whole pipeline."""
        return self._pipeline.handle(connection, request)

    def failed(self, connection: Connection, request: Request | Unreadable) -> Response:
        """The answer to a request that met a bug, as its surface would word it."""
        return self._pipeline.failed(connection, request)

    def tick(self) -> bool:
        """Mint what is due, a bounded batch, and let alarms end; True if more is due already."""
        self.alarms.look(self._moment.now())
        return self.credentials.tick()

    def rotate(self, workload: str | None = None) -> int:
        """Mint anew now, for one workload or all; returns the number of sets.

        Raises WorkloadUnknown.
        """
        if workload is not None:
            self.world.resolver.named(workload)
        return self.credentials.rotate(workload)

    def restore(self, function: str) -> int:
        """Mint anew for a function that comes back from its snapshot; its token stays.

        Returns the number of sets. Raises WorkloadUnknown, NotRestorable.
        """
        check_restorable(self.world.resolver.named(function))
        return self.credentials.rotate(function)

    def advance(self, by: timedelta) -> None:
        """Move the simulator's time; what falls due is for the next ticks. Raises ShiftTooFar."""
        self.clock.advance(by)
        self.credentials.owe_what_is_ahead()

    def reset_clock(self) -> None:
        """Let the simulator's time be the wall's again."""
        self.clock.reset()
        self.credentials.owe_what_is_ahead()

    def reset(self) -> int:
        """As the file has it, journal, audit and clients empty, at the wall's time; mint anew.

        The faults of the file are armed anew, those armed at run time are gone; alarms and
        counters begin anew. Returns the number of sets.
        """
        self.clock.reset()
        self.journal.clear()
        self.clients.clear()
        self._ecs_buckets.clear()
        self._protections.clear()
        self.audit.clear()
        self.alarms.clear()
        self.counters.clear()
        self.lay_over(Overlay())
        self.faults.clear()
        self._arm(self.world)
        return self.credentials.rotate()

    def arm(
        self,
        fault: str,
        workload: str | None = None,
        surface: Surface | None = None,
        client: IPv4Network | IPv6Network | None = None,
    ) -> ArmedFault:
        """Arm a fault, for some requests alone if told. Raises FaultError, WorkloadUnknown."""
        return arm(self.faults, self.world, fault, workload, surface, client)

    def prime(self) -> None:
        """Mint the first sets, for up to 500 workloads; the rest follows in ticks or when read."""
        for left in range(PRIMED_AT_START, 0, -BATCH):
            if not self.credentials.tick(min(BATCH, left)):
                break

    def swap(self, world: World) -> None:
        """Answer from another world from now on; credentials that still fit are kept.

        So are the run-time changes that the file left alone.
        """
        self.overlay = self.overlay.carried(self.configured, world)
        self.configured, world = world, self.overlay.over(world)
        service = self._service(world)
        before = self.world
        self.credentials.adopt(_minting(world, service), world.resolver.workloads.values())
        self.journal.resize(world.journal_capacity)
        self.audit.configure(world.audit)
        self.alarms.adopt(world.alarms)
        self.counters.keep(world.resolver.workloads)
        self._install(world, service)
        if (world.faults, world.weather) != (before.faults, before.weather):
            self._arm(world)
        self.generation += 1

    def lay_over(self, overlay: Overlay) -> None:
        """Let these be the run-time changes, from the next request on."""
        overlay = overlay.beyond(self.configured)
        world = overlay.over(self.configured)
        if world is self.world:
            return
        self.overlay = overlay
        self.credentials.change(changed_workloads(self.world, world))
        self._handed.know(world.resolver.workloads)
        self._pipeline = replace(self._pipeline, world=world)

    def _service(self, world: World) -> Service:
        return Service(
            world.directory,
            self._sealer,
            self._moment,
            self._entropy,
            world.region,
            self._used_codes,
            issuer_keys=self._issuer_keys,
            trail=self.audit,
        )

    def _arm(self, world: World) -> None:
        self.faults.replace(Origin.FILE, world.faults)
        self.faults.set_weather(world.weather)

    def _jump(self, by: timedelta) -> None:
        """Move the time while a request is answered, and mint what fell due."""
        self.advance(by)
        self._moment.catch_up()
        self.credentials.tick()

    def _install(self, world: World, service: Service) -> None:
        self._sts = service
        self.cluster_tokens = ClusterTokens(
            world.clusters, self._issuer_keys, self._moment, self._entropy
        )
        handed = self._handed = HandedCredentials(
            self.credentials, world.resolver.workloads, Minter(service), self._moment, self._kept
        )
        agent = ecs_agent(
            world, service, self.credentials, self._ecs_buckets, self._protections, self._entropy
        )
        self._pipeline = Pipeline(
            world=world,
            imds=ImdsHandler(handed, self._tokens, self._moment, self._signatures),
            ecs=EcsHandler(handed, self._moment, agent),
            eks=EksHandler(
                handed, self.cluster_tokens, self._moment, self._entropy, self._agent_answered
            ),
            eks_probes=EksProbeHandler(self._agent_answered, self._moment),
            aws_lambda=LambdaHandler(handed, self._moment),
            generic=GenericHandler(
                handed, self._moment, self._shell_tokens, assume_for(service, self.credentials)
            ),
            sts=StsQueryHandler(
                service, self._moment, self._entropy, world.region, world.strict_region
            ),
            journal=self.journal,
            alarms=self.alarms,
            counters=self.counters,
            clients=self.clients,
            traffic=self.traffic,
            clock=self._moment,
            playing=Playing(self.faults, handed, self._tokens, self._moment, self._jump),
        )


def _minting(world: World, service: Service) -> Minting:
    identities = {arn: role.unique_id for arn, role in world.directory.roles.items()}
    return Minting(mint=Minter(service).mint, policy=world.refresh, identities=identities)
