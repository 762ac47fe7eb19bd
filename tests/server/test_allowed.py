import logging
from ipaddress import ip_network

import pytest

from imds_sim.server.allowed import TOLD, TOLD_EVERY, AllowedClients


class Moment:
    """A monotonic time that stands still until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("peer", "prefixes", "admitted"),
    [
        pytest.param("203.0.113.9", [], True, id="no list, everybody"),
        pytest.param("", ["10.0.0.0/8"], True, id="a unix socket"),
        pytest.param("10.255.255.255", ["10.0.0.0/8"], True, id="the last of a prefix"),
        pytest.param("11.0.0.0", ["10.0.0.0/8"], False, id="the first after it"),
        pytest.param("172.30.0.12", ["10.0.0.0/8", "172.30.0.12/32"], True, id="the second entry"),
        pytest.param("127.0.0.1", ["10.0.0.0/8"], False, id="loopback is no exception"),
        pytest.param("::1", ["127.0.0.0/8"], False, id="another family"),
        pytest.param("fd00:ec2::254", ["fd00:ec2::/64"], True, id="IPv6"),
        pytest.param("::ffff:10.0.0.1", ["10.0.0.0/8"], True, id="IPv4 within IPv6"),
        pytest.param("fe80::1%eth0", ["fe80::/10"], True, id="with a zone"),
    ],
)
def test_who_may_connect(peer: str, prefixes: list[str], admitted: bool) -> None:
    allowed = AllowedClients(Moment())
    allowed.prefixes = tuple(ip_network(prefix) for prefix in prefixes)
    assert allowed.admits(peer) is admitted


def test_an_address_is_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    moment = Moment()
    allowed = AllowedClients(moment)
    told = []
    for step in (0.0, TOLD_EVERY - 1, 1.0):
        moment.now += step
        allowed.tell_refused("10.0.0.1")
        told.append(len(caplog.records))
    assert told == [1, 1, 2]
    allowed.tell_refused("10.0.0.2")
    assert [record.__dict__["client"] for record in caplog.records[1:]] == ["10.0.0.1", "10.0.0.2"]


def test_many_addresses_fill_neither_the_log_nor_the_memory(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    moment = Moment()
    allowed = AllowedClients(moment)
    for number in range(TOLD + 10):
        allowed.tell_refused(f"10.0.{number >> 8}.{number & 255}")
    assert len(caplog.records) == TOLD
    moment.now += TOLD_EVERY
    allowed.tell_refused("10.0.0.1")
    assert len(caplog.records) == TOLD + 1
