from ipaddress import ip_network

import pytest

from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.workloads.hops import HopLimit, HopMode, is_ipv6_endpoint, is_lost

LOCAL = (ip_network("172.30.0.11/32"), ip_network("fd77::/64"))


@pytest.mark.parametrize(
    ("mode", "peer", "hops"),
    [
        pytest.param(HopMode.WIRE, "172.30.0.9", 1, id="the network counts"),
        pytest.param(HopMode.WIRE, "169.254.169.254", 1, id="the network counts here too"),
        pytest.param(HopMode.OFF, "172.30.0.9", None, id="nobody counts"),
        pytest.param(HopMode.VIRTUAL, "172.30.0.9", 0, id="a container is a hop further"),
        pytest.param(HopMode.VIRTUAL, "::ffff:172.30.0.9", 0, id="mapped"),
        pytest.param(HopMode.VIRTUAL, "172.30.0.11", 1, id="a container that is the instance"),
        pytest.param(HopMode.VIRTUAL, "::ffff:172.30.0.11", 1, id="the same, mapped"),
        pytest.param(HopMode.VIRTUAL, "fd77::1", 1, id="the same over IPv6"),
        pytest.param(HopMode.VIRTUAL, "127.0.0.1", 1, id="loopback"),
        pytest.param(HopMode.VIRTUAL, "169.254.169.254", 1, id="a program of this machine"),
        pytest.param(HopMode.WIRE, "", None, id="a socket in the file system"),
    ],
)
def test_who_is_not_on_the_instance_is_virtually_a_hop_further(
    mode: HopMode, peer: str, hops: int | None
) -> None:
    connection = Connection(Surface.IMDS, None, peer, 40000, "169.254.169.254", 80)
    assert HopLimit(mode, LOCAL).hops(1, connection) == hops


@pytest.mark.parametrize(
    ("mode", "peer", "hops", "needed"),
    [
        pytest.param(HopMode.WIRE, "172.30.0.9", 0, 1, id="a neighbour"),
        pytest.param(HopMode.WIRE, "172.30.0.9", 1, 2, id="behind a router"),
        pytest.param(HopMode.WIRE, "172.30.0.9", None, None, id="nobody can tell"),
        pytest.param(HopMode.VIRTUAL, "172.30.0.9", 0, 2, id="a container is a hop further"),
        pytest.param(HopMode.VIRTUAL, "172.30.0.11", 0, 1, id="one that is the instance"),
        pytest.param(HopMode.OFF, "172.30.0.9", 1, None, id="nobody counts"),
        pytest.param(HopMode.WIRE, "", None, None, id="a socket in the file system"),
    ],
)
def test_the_least_limit_that_reaches_a_client_follows_from_its_distance(
    mode: HopMode, peer: str, hops: int | None, needed: int | None
) -> None:
    connection = Connection(Surface.IMDS, None, peer, 40000, "169.254.169.254", 80, hops)
    limits = HopLimit(mode, LOCAL)
    assert limits.needed(connection) == needed
    if needed is not None:
        too_little, enough = (limits.hops(each, connection) for each in (needed - 1, needed))
        assert too_little is not None
        assert enough is not None
        assert (is_lost(too_little, connection), is_lost(enough, connection)) == (True, False)


@pytest.mark.parametrize(("hops", "lost"), [(0, True), (1, False)])
def test_where_nobody_can_tell_the_distance_only_a_withheld_answer_is_lost(
    hops: int, lost: bool
) -> None:
    connection = Connection(Surface.IMDS, None, "172.30.0.9", 40000, "169.254.169.254", 80)
    assert is_lost(hops, connection) is lost


@pytest.mark.parametrize(
    ("local", "is_one"),
    [
        ("fd00:ec2::254", True),
        ("fe80::1%eth0", True),
        ("::1", False),
        ("::ffff:169.254.169.254", False),
        ("169.254.169.254", False),
        ("", False),
    ],
)
def test_the_ipv6_endpoint_is_an_address_of_ipv6_that_is_not_loopback(
    local: str, is_one: bool
) -> None:
    assert is_ipv6_endpoint(local) is is_one
