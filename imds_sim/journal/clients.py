"""Who asks: every client by its address, how far away it is and what it asked for."""

from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime

from imds_sim.journal.recorder import USER_AGENT
from imds_sim.kernel.exchange import Connection, Surface

CAPACITY = 1000  # addresses that are remembered
WORKLOADS = 32  # that one address is remembered to have been taken for


class Client:
    """One address: what it has asked since it was first seen. Both times are the wall's.

    `connection` is the last one it asked over, `tokens_lost` counts the metadata tokens that could
    not reach it, `imdsv1_requests` what it asked without one.
    """

    __slots__ = (
        "connection",
        "first_seen",
        "imdsv1_requests",
        "last_seen",
        "requests",
        "surfaces",
        "tokens_lost",
        "user_agent",
        "workloads",
    )

    def __init__(self, connection: Connection, at: datetime) -> None:
        self.connection = connection
        self.first_seen = self.last_seen = at
        self.requests = self.imdsv1_requests = self.tokens_lost = 0
        self.user_agent: str | None = None
        self.surfaces: set[Surface] = set()
        self.workloads: dict[str, None] = {}  # by name, the newest last

    def take_for(self, workload: str) -> None:
        """It was taken for this workload too."""
        self.workloads[workload] = None
        if len(self.workloads) > WORKLOADS:
            del self.workloads[next(iter(self.workloads))]


class Clients:
    """Remembers the `capacity` addresses that connected last. `asked` is on every request's path:
    what a connection cannot change is not looked at again."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._seen: OrderedDict[str, Client] = OrderedDict()

    def asked(
        self,
        connection: Connection,
        at: datetime,
        workload: str | None,
        user_agent: str | None,
        imds_version: int | None,
        token_lost: bool,
    ) -> None:
        """A request came over `connection` at `at` (the wall's time), taken for that workload."""
        client = self._seen.get(connection.peer)
        if client is None or client.connection is not connection:
            client = self._connected(connection, at)
        client.last_seen = at
        client.requests += 1
        client.user_agent = user_agent and user_agent[:USER_AGENT]
        if workload is not None and workload not in client.workloads:
            client.take_for(workload)
        if imds_version == 1:
            client.imdsv1_requests += 1
        if token_lost:
            client.tokens_lost += 1

    def clear(self) -> None:
        """Forget everybody."""
        self._seen.clear()

    def _connected(self, connection: Connection, at: datetime) -> Client:
        """The client behind a connection that it has not asked over, or not last."""
        address = connection.peer
        client = self._seen.get(address)
        if client is None:
            client = self._seen[address] = Client(connection, at)
            if len(self._seen) > self.capacity:
                self._seen.popitem(last=False)
        else:
            self._seen.move_to_end(address)
        client.connection = connection
        client.surfaces.add(connection.surface)
        return client

    def __iter__(self) -> Iterator[tuple[str, Client]]:
        """Each address with its client, the one that asked last first."""
        newest = reversed(self._seen.items())
        return iter(sorted(newest, key=lambda each: each[1].last_seen, reverse=True))

    def __len__(self) -> int:
        return len(self._seen)
