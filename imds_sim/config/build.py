"""A checked configuration as a world: everything derived that the file leaves out."""

from collections.abc import Iterator
from datetime import datetime

from imds_sim.config.arns import role_arns
from imds_sim.config.build_identities import build_directory
from imds_sim.config.build_workloads import WorkloadBuilder
from imds_sim.config.schema.configuration import Configuration
from imds_sim.containers.ecs import EcsOptions
from imds_sim.credentials.schedule import RefreshPolicy
from imds_sim.faults.armed import WantedFault
from imds_sim.faults.match import Scope
from imds_sim.faults.weather import Level, Weather
from imds_sim.iam.generations import Generations
from imds_sim.kernel.address import Address
from imds_sim.kernel.arn import partition_of
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.token_bucket import Rate
from imds_sim.simulator.world import World
from imds_sim.sts.audit.alarms import AlarmRule
from imds_sim.sts.audit.trail import AuditOptions
from imds_sim.workloads.hops import HopLimit, HopMode
from imds_sim.workloads.listener import Listener
from imds_sim.workloads.resolve import Resolver


def build_world(
    configuration: Configuration,
    ids: Identifiers,
    generations: Generations,
    started_at: datetime,
) -> World:
    """Build everything, or nothing; the same arguments give the same world.

    `generations` are those before this configuration; the world carries those after it.
    `started_at` becomes the launch time of every instance.
    """
    arns = role_arns(configuration)
    now_present = generations.advance(arns.values())
    builder = WorkloadBuilder(configuration, ids, arns, started_at)
    return World(
        account=configuration.account,
        region=configuration.region,
        partition=partition_of(configuration.region),
        directory=build_directory(configuration, ids, now_present),
        resolver=Resolver.of(builder.workloads()),
        listeners=tuple(_listeners(configuration)),
        generations=now_present,
        by_default=frozenset(
            surface
            for surface, field, _ in _shared(configuration)
            if field not in configuration.listen.model_fields_set
        ),
        allow_clients=configuration.allow_clients,
        refresh=RefreshPolicy(
            refresh_every=configuration.credentials.refresh_every,
            min_remaining=configuration.credentials.min_remaining,
        ),
        strict_region=configuration.sts.strict_region,
        ecs=EcsOptions(
            rate=Rate(configuration.ecs.throttle.rate, configuration.ecs.throttle.burst),
            local_endpoints=configuration.ecs.local_endpoints,
        ),
        hop_limit=HopLimit(HopMode(configuration.hop_limit.mode), configuration.hop_limit.local),
        journal_capacity=configuration.journal.capacity,
        audit=AuditOptions(
            capacity=configuration.audit.capacity,
            session_tokens=configuration.audit.session_tokens,
        ),
        alarms=tuple(
            AlarmRule(
                name=name,
                event_name=alarm.event_name,
                error_code=alarm.error_code,
                source_addresses=alarm.source_addresses,
                not_source_addresses=alarm.not_source_addresses,
                hoarding=alarm.hoarding,
                threshold=alarm.threshold,
                period=alarm.period,
            )
            for name, alarm in configuration.alarms.items()
        ),
        faults=tuple(_faults(configuration)),
        weather=_weather(configuration),
        warnings=tuple(str(warning) for warning in configuration.warnings),
    )


def _faults(configuration: Configuration) -> Iterator[WantedFault]:
    for each in configuration.faults:
        surface = Surface(each.surface) if each.surface is not None else None
        yield WantedFault(each.fault, Scope(each.workload, surface, each.client))


def _weather(configuration: Configuration) -> Weather | None:
    told = configuration.weather
    return None if told is None else Weather(Level(told.level), told.seed)


def _shared(
    configuration: Configuration,
) -> tuple[tuple[Surface, str, tuple[Address, ...]], ...]:
    """The key and the addresses of each surface."""
    listen = configuration.listen
    return (
        (Surface.IMDS, "imds", listen.imds),
        (Surface.STS, "sts", listen.sts),
        (Surface.ECS, "ecs", listen.ecs),
        (Surface.EKS, "eks", listen.eks),
        (Surface.EKS_PROBES, "eks_probes", listen.eks_probes),
        (Surface.LAMBDA, "aws_lambda", listen.aws_lambda),
        (Surface.GENERIC, "generic", listen.generic),
    )


def _listeners(configuration: Configuration) -> Iterator[Listener]:
    """The shared ones by surface, then those of instances. Admin is not one of them."""
    for surface, _, addresses in _shared(configuration):
        for address in addresses:
            yield Listener(surface, address)
    for name, instance in configuration.instances.items():
        for address in instance.listen:
            yield Listener(Surface.IMDS, address, name)
