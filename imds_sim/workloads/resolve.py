"""Which workload is asking: a claim made by address, path or token, never a proof."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Self

from imds_sim.kernel.errors import SimError
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Request
from imds_sim.workloads.endpoint import Endpoint, EndpointPaths
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import Pod, pod_claimed_by
from imds_sim.workloads.task import Task, credentials_id_in, endpoint_id_in, is_by_address
from imds_sim.workloads.workload import Workload


class WorkloadUnknown(SimError):
    """No workload has this name; the message lists some that there are."""


@dataclass(frozen=True, slots=True)
class _Tasks:
    """Tasks by what a request to the ECS agent names them by."""

    by_credentials_id: Mapping[str, Task]
    by_endpoint_id: Mapping[str, Task]
    by_address: Mapping[str, Task]
    by_instance: Mapping[str, tuple[Task, ...]]

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> Self:
        there = list(tasks)
        by_instance: dict[str, tuple[Task, ...]] = {}
        for task in there:
            if task.instance is not None:
                by_instance[task.instance] = (*by_instance.get(task.instance, ()), task)
        return cls(
            {each: task for task in there for each in task.credentials_ids},
            {each.endpoint_id: task for task in there for each in task.containers},
            {
                address: task
                for task in there
                if task.interface is not None
                for address in task.interface.private_ipv4s
            },
            by_instance,
        )

    def named_by(self, connection: Connection, target: str) -> Task | None:
        """The task that a request target names, or whose address the client has."""
        if (credentials_id := credentials_id_in(target)) is not None:
            return self.by_credentials_id.get(credentials_id)
        if is_by_address(target):
            return self.by_address.get(connection.peer)
        endpoint_id = endpoint_id_in(target)
        return None if endpoint_id is None else self.by_endpoint_id.get(endpoint_id)


_Prefix = tuple[int, int, int]  # IP version, prefix length, network as a number


@dataclass(frozen=True, slots=True)
class Resolver:
    """Indexes of one world's workloads; every look-up costs the same in a world of any size."""

    workloads: Mapping[str, Workload]  # by name
    default_instance: Instance | None
    _by_prefix: Mapping[_Prefix, Instance]
    _prefix_lengths: Mapping[int, tuple[int, ...]]  # per IP version, longest first
    _tasks: "_Tasks"
    _pods: Mapping[tuple[str, str], Pod]  # by subject and name
    _functions: Mapping[str, Function]  # by authorization token, and by `Bearer` metadata token
    _endpoints: EndpointPaths

    @classmethod
    def of(cls, workloads: Iterable[Workload]) -> Self:
        """Index `workloads`, whose order matters: the first instance with neither listener nor
        clients answers whoever is left. Names, ids and prefixes are unique (config checks it)."""
        by_name = {workload.name: workload for workload in workloads}
        instances = [each for each in by_name.values() if isinstance(each, Instance)]
        by_prefix: dict[_Prefix, Instance] = {
            (net.version, net.prefixlen, int(net.network_address)): instance
            for instance in instances
            for net in instance.clients
        }
        lengths: dict[int, set[int]] = {4: set(), 6: set()}
        for version, length, _ in by_prefix:
            lengths[version].add(length)
        return cls(
            workloads=by_name,
            default_instance=next((i for i in instances if not (i.listen or i.clients)), None),
            _by_prefix=by_prefix,
            _prefix_lengths={v: tuple(sorted(of, reverse=True)) for v, of in lengths.items()},
            _tasks=_Tasks.of(each for each in by_name.values() if isinstance(each, Task)),
            _pods={(w.subject, w.name): w for w in by_name.values() if isinstance(w, Pod)},
            _functions={
                shown: w
                for w in by_name.values()
                if isinstance(w, Function)
                for shown in w.authorizations()
            },
            _endpoints=EndpointPaths.of(w for w in by_name.values() if isinstance(w, Endpoint)),
        )

    def named(self, name: str) -> Workload:
        """The workload with this name. Raises WorkloadUnknown."""
        workload = self.workloads.get(name)
        if workload is None:
            near = get_close_matches(name, self.workloads, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {_some(self.workloads)}"
            raise WorkloadUnknown(f"no workload is named {name!r}; {hint}")
        return workload

    def resolve(self, connection: Connection, request: Request) -> Workload | None:
        """The workload that this request claims to come from; None where nothing names one."""
        match connection.surface:
            case Surface.IMDS:
                return self.instance(connection)
            case Surface.ECS:
                return self._tasks.named_by(connection, request.target)
            case Surface.EKS:
                claimed = pod_claimed_by(request.headers.get("authorization") or "")
                return None if claimed is None else self._pods.get(claimed)
            case Surface.LAMBDA:
                return self._functions.get(request.headers.get("authorization") or "")
            case Surface.GENERIC:
                return self._endpoints.named_by(request.target)
            case Surface.STS | Surface.EKS_PROBES:
                return None

    def tasks_on(self, instance: str) -> tuple[Task, ...]:
        """The tasks that run on an instance."""
        return self._tasks.by_instance.get(instance, ())

    def instance(self, connection: Connection) -> Instance | None:
        """Own listener, then the longest prefix in `clients`, then the default instance."""
        if connection.instance is not None:
            own = self.workloads.get(connection.instance)
            return own if isinstance(own, Instance) else None
        if self._by_prefix and connection.peer:
            address = ip_address(connection.peer)
            if isinstance(address, IPv6Address) and address.ipv4_mapped:
                address = address.ipv4_mapped
            found = self._longest_prefix(address)
            if found is not None:
                return found
        return self.default_instance

    def _longest_prefix(self, address: IPv4Address | IPv6Address) -> Instance | None:
        number, bits = int(address), address.max_prefixlen
        for length in self._prefix_lengths[address.version]:
            network = number >> (bits - length) << (bits - length)
            found = self._by_prefix.get((address.version, length, network))
            if found is not None:
                return found
        return None


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    shown = ", ".join(listed[:10]) or "none"
    return f"{shown} and {len(listed) - 10} more" if len(listed) > 10 else shown
