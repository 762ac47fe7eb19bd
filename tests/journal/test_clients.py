from datetime import timedelta

import pytest

from imds_sim.journal.clients import WORKLOADS, Client, Clients
from imds_sim.journal.recorder import USER_AGENT
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.exchange import Connection, Surface


def over(address: str, surface: Surface = Surface.IMDS, hops: int | None = 0) -> Connection:
    return Connection(surface, None, address, 40000, "169.254.169.254", 80, hops)


class Asking:
    """Clients of a clock's own, which ask a minute apart."""

    def __init__(self, capacity: int = 3) -> None:
        self.clients = Clients(capacity)
        self.clock = ManualClock()

    def ask(
        self,
        connection: Connection,
        workload: str | None = "web-1",
        user_agent: str | None = "curl/8",
        imds_version: int | None = 2,
        token_lost: bool = False,
    ) -> None:
        self.clock.advance(timedelta(minutes=1))
        self.clients.asked(
            connection, self.clock.wall(), workload, user_agent, imds_version, token_lost
        )

    def of(self, address: str) -> Client:
        return dict(self.clients)[address]


@pytest.fixture
def asking() -> Asking:
    return Asking()


def test_a_client_is_told_from_others_by_its_address_and_summed_up(asking: Asking) -> None:
    asking.ask(over("10.0.0.1", hops=1), imds_version=1)
    asking.ask(over("10.0.0.2"))
    asking.ask(over("10.0.0.1", Surface.STS, hops=2), None, "Boto3/1", None)
    asking.ask(over("10.0.0.1", hops=2), "web-2", "Boto3/1", 2, token_lost=True)
    client = asking.of("10.0.0.1")
    assert (client.requests, client.imdsv1_requests, client.tokens_lost) == (3, 1, 1)
    assert client.connection.hops == 2
    assert client.surfaces == {Surface.IMDS, Surface.STS}
    assert list(client.workloads) == ["web-1", "web-2"]
    assert client.user_agent == "Boto3/1"
    assert client.last_seen - client.first_seen == timedelta(minutes=3)
    assert asking.of("10.0.0.2").requests == 1


def test_who_asked_last_comes_first_and_who_asked_longest_ago_is_forgotten(asking: Asking) -> None:
    for address in ("a", "b", "c", "a", "d"):
        asking.ask(over(address))
    assert [address for address, _ in asking.clients] == ["d", "a", "c"]
    assert len(asking.clients) == 3


def test_what_a_client_chooses_is_bounded(asking: Asking) -> None:
    for number in range(WORKLOADS + 1):
        asking.ask(over("a"), f"web-{number}", "x" * (USER_AGENT + 1))
    client = asking.of("a")
    assert list(client.workloads) == [f"web-{number}" for number in range(1, WORKLOADS + 1)]
    assert client.user_agent == "x" * USER_AGENT


def test_clearing_forgets_everybody(asking: Asking) -> None:
    asking.ask(over("a"))
    asking.clients.clear()
    assert list(asking.clients) == []
