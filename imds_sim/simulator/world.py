"""The world: everything that the configuration says, as one immutable value."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

from imds_sim.containers.ecs import DEFAULT_ECS, EcsOptions
from imds_sim.credentials.schedule import DEFAULT_REFRESH, RefreshPolicy
from imds_sim.faults.armed import WantedFault
from imds_sim.iam.directory import Directory
from imds_sim.iam.generations import Generations
from imds_sim.kernel.exchange import Surface
from imds_sim.sts.audit.alarms import AlarmRule
from imds_sim.sts.audit.trail import DEFAULT_AUDIT, AuditOptions
from imds_sim.workloads.hops import BY_THE_NETWORK, HopLimit
from imds_sim.workloads.listener import Listener
from imds_sim.workloads.pod import Cluster, Pod
from imds_sim.workloads.resolve import Resolver
from imds_sim.workloads.workload import Workload

if TYPE_CHECKING:
    from imds_sim.faults.weather import Weather


@dataclass(frozen=True, slots=True)
class World:
    """Built whole or not at all; a reload swaps it. `listeners` are as configured, not as bound.

    `by_default` are the surfaces whose addresses the configuration leaves to us;
    `allow_clients` are the clients that may connect at all; everybody if there are none.
    """

    account: str
    region: str
    partition: str
    directory: Directory
    resolver: Resolver
    listeners: tuple[Listener, ...]
    generations: Generations
    by_default: frozenset[Surface] = frozenset()
    allow_clients: tuple[IPv4Network | IPv6Network, ...] = ()
    refresh: RefreshPolicy = DEFAULT_REFRESH
    strict_region: bool = False
    ecs: EcsOptions = DEFAULT_ECS
    hop_limit: HopLimit = BY_THE_NETWORK
    journal_capacity: int = 10_000
    audit: AuditOptions = DEFAULT_AUDIT
    alarms: tuple[AlarmRule, ...] = ()
    faults: tuple[WantedFault, ...] = ()
    weather: "Weather | None" = None
    warnings: tuple[str, ...] = ()

    @property
    def pods(self) -> tuple[Pod, ...]:
        """The pods, in the order of the file."""
        return tuple(each for each in self.resolver.workloads.values() if isinstance(each, Pod))

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """The clusters that have pods."""
        return tuple({pod.cluster.name: pod.cluster for pod in self.pods}.values())


def changed_workloads(before: World, after: World) -> dict[str, Workload | None]:
    """The workloads in which two worlds differ, as they are after; None for those that are gone."""
    old, new = before.resolver.workloads, after.resolver.workloads
    changed: dict[str, Workload | None] = {
        name: workload for name, workload in new.items() if old.get(name) is not workload
    }
    return changed | dict.fromkeys(old.keys() - new.keys())
