"""The core: the synchronous whole behind every socket. Give it a request, it gives the response."""

import hmac
from datetime import timedelta

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.cloudshell import ShellTokens
from imds_sim.containers.ecs import EcsAgent, EcsHandler
from imds_sim.containers.generic import GenericHandler
from imds_sim.containers.task_protection import TaskProtections
from imds_sim.credentials.minting import Minter
from imds_sim.credentials.refresh import BATCH, Minting, RefreshingProvider
from imds_sim.imds.handler import ImdsHandler
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.clock import Clock, ShiftedClock, SteadyClock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.message import Request, Response, Unreadable
from imds_sim.kernel.token_bucket import TokenBuckets
from imds_sim.simulator.container_calls import assume_for, denial_of, host_of
from imds_sim.simulator.pipeline import Pipeline
from imds_sim.simulator.world import World
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

    What outlives a world: the sealing and metadata-token keys, the held credentials, the journal,
    the MFA codes that were used.
    """

    def __init__(self, world: World, state_key: bytes, clock: Clock, entropy: Entropy) -> None:
        self.clock = ShiftedClock(clock)
        self._moment = SteadyClock(self.clock)
        self.journal = Recorder(world.journal_capacity)
        self.generation = 1
        self._entropy = entropy
        self._sealer = SessionSealer(derived_key(state_key, "session tokens"), entropy)
        self._tokens = MetadataTokens(
            derived_key(state_key, "metadata tokens"), self._moment, entropy
        )
        self._shell_tokens = ShellTokens(derived_key(state_key, "shell tokens"), self._moment)
        self._used_codes = UsedCodes()
        self._ecs_buckets = TokenBuckets(self._moment)
        self._protections = TaskProtections(self._moment)
        service = self._service(world)
        self.credentials = RefreshingProvider(
            self._moment, _minting(world, service), world.resolver.workloads.values()
        )
        self._install(world, service)

    @property
    def world(self) -> World:
        """The world that answers now."""
        return self._pipeline.world

    @property
    def sts(self) -> Service:
        """The STS of the world that answers now."""
        return self._sts

    def handle(self, connection: Connection, request: Request | Unreadable) -> Response:
        """Take one request through the whole pipeline."""
        return self._pipeline.handle(connection, request)

    def failed(self, connection: Connection, request: Request | Unreadable) -> Response:
        """The answer to a request that met a bug, as its surface would word it."""
        return self._pipeline.failed(connection, request)

    def tick(self) -> bool:
        """Mint what is due, a bounded batch; True if more is due already."""
        return self.credentials.tick()

    def rotate(self, workload: str | None = None) -> int:
        """Mint anew now, for one workload or all; returns the number of sets.

        Raises WorkloadUnknown.
        """
        if workload is not None:
            self.world.resolver.named(workload)
        return self.credentials.rotate(workload)

    def advance(self, by: timedelta) -> None:
        """Move the simulator's time; what falls due is for the next ticks. Raises ShiftTooFar."""
        self.clock.advance(by)
        self.credentials.owe_what_is_ahead()

    def reset_clock(self) -> None:
        """Let the simulator's time be the wall's again."""
        self.clock.reset()
        self.credentials.owe_what_is_ahead()

    def reset(self) -> int:
        """Empty the journal, go back to the wall's time, mint anew; returns the number of sets."""
        self.clock.reset()
        self.journal.clear()
        self._ecs_buckets.clear()
        self._protections.clear()
        return self.credentials.rotate()

    def prime(self) -> None:
        """Mint the first sets, for up to 500 workloads; the rest follows in ticks or when read."""
        for _ in range(0, PRIMED_AT_START, BATCH):
            if not self.credentials.tick(BATCH):
                break

    def swap(self, world: World) -> None:
        """Answer from another world from now on; credentials that still fit are kept."""
        service = self._service(world)
        self.credentials.adopt(_minting(world, service), world.resolver.workloads.values())
        self.journal.resize(world.journal_capacity)
        self._install(world, service)
        self.generation += 1

    def _service(self, world: World) -> Service:
        return Service(
            world.directory,
            self._sealer,
            self._moment,
            self._entropy,
            world.region,
            self._used_codes,
        )

    def _install(self, world: World, service: Service) -> None:
        self._sts = service
        self._pipeline = Pipeline(
            world=world,
            imds=ImdsHandler(self.credentials, self._tokens, self._moment),
            ecs=EcsHandler(self.credentials, self._moment, self._ecs_agent(world, service)),
            aws_lambda=LambdaHandler(self.credentials, self._moment),
            generic=GenericHandler(
                self.credentials,
                self._moment,
                self._shell_tokens,
                assume_for(service, self.credentials),
            ),
            sts=StsQueryHandler(
                service, self._moment, self._entropy, world.region, world.strict_region
            ),
            journal=self.journal,
            clock=self._moment,
        )

    def _ecs_agent(self, world: World, service: Service) -> EcsAgent:
        return EcsAgent(
            buckets=self._ecs_buckets,
            protections=self._protections,
            denial=denial_of(service, self.credentials),
            options=world.ecs,
            host=host_of(world, service, self.credentials),
            entropy=self._entropy,
        )


def _minting(world: World, service: Service) -> Minting:
    return Minting(
        mint=Minter(service).mint,
        policy=world.refresh,
        identities={arn: role.unique_id for arn, role in world.directory.roles.items()},
    )
