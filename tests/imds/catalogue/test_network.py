from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.workloads.instance import Instance
from tests.imds.client import Client

MACS = "network/interfaces/macs"
ETH0 = f"{MACS}/02:29:96:8f:6a:2d"


@pytest.mark.parametrize(
    ("leaf", "value"),
    [
        ("device-number", "0"),
        ("interface-id", "eni-0a"),
        ("local-hostname", "ip-172-31-0-9.ec2.internal"),
        ("local-ipv4s", "172.31.0.9"),
        ("mac", "02:29:96:8f:6a:2d"),
        ("network-card-index", "0"),
        ("owner-id", "111122223333"),
        ("security-group-ids", "sg-0a"),
        ("security-groups", "default"),
        ("subnet-id", "subnet-0a"),
        ("subnet-ipv4-cidr-block", "172.31.0.0/20"),
        ("vpc-id", "vpc-0a"),
        ("vpc-ipv4-cidr-block", "172.31.0.0/16"),
        ("vpc-ipv4-cidr-blocks", "172.31.0.0/16"),
        ("public-ipv4s", None),
        ("ipv4-associations/", None),
        ("ipv6s", None),
    ],
)
def test_an_interface_tells_where_it_is(client: Client, leaf: str, value: str | None) -> None:
    assert client.value(f"{ETH0}/{leaf}") == value


def test_every_interface_is_listed_by_its_address(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    eth0 = instance.interfaces[0]
    eth1 = replace(eth0, id="eni-0b", mac="02:00:00:00:00:01", device_number=1)
    client = client_of(replace(instance, interfaces=(eth0, eth1)))
    assert client.value("network/") == "interfaces/"
    assert client.value("network/interfaces/") == "macs/"
    assert client.value(f"{MACS}/") == "02:00:00:00:00:01/\n02:29:96:8f:6a:2d/"
    assert client.value(f"{MACS}/02:00:00:00:00:01/device-number") == "1"
    assert client.value("mac") == eth0.mac


def test_an_unknown_address_is_missing(client: Client) -> None:
    assert client.value(f"{MACS}/02:00:00:00:00:01/") is None
    assert client.value(f"{MACS}/02:29:96:8F:6A:2D/mac") is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("local-ipv4", "172.31.0.9"),
        ("public-ipv4", "203.0.113.30"),
        ("public-hostname", "ec2-203-0-113-30.compute-1.amazonaws.com"),
        ("ipv6", "2001:db8::9"),
        (f"{ETH0}/local-ipv4s", "172.31.0.9\n172.31.0.10"),
        (f"{ETH0}/public-ipv4s", "203.0.113.30\n203.0.113.25"),
        (f"{ETH0}/public-hostname", "ec2-203-0-113-30.compute-1.amazonaws.com"),
        (f"{ETH0}/ipv4-associations/", "203.0.113.25\n203.0.113.30"),
        (f"{ETH0}/ipv4-associations/203.0.113.25", "172.31.0.10"),
        (f"{ETH0}/ipv4-associations/203.0.113.30", "172.31.0.9"),
        (f"{ETH0}/ipv6s", "2001:db8::9\n2001:db8::a"),
        (f"{ETH0}/subnet-ipv6-cidr-blocks", "2001:db8::/64"),
        (f"{ETH0}/vpc-ipv6-cidr-blocks", "2001:db8::/56"),
        (f"{ETH0}/ipv4-prefix", "172.31.1.16/28"),
        (f"{ETH0}/ipv6-prefix", "2001:db8:0:0:1::/80"),
    ],
)
def test_an_interface_shows_all_its_addresses(
    client_of: Callable[[Instance], Client], instance: Instance, path: str, value: str
) -> None:
    eth0 = replace(
        instance.interfaces[0],
        secondary_ipv4s=("172.31.0.10",),
        public_ipv4s=("203.0.113.30", "203.0.113.25"),
        public_hostname="ec2-203-0-113-30.compute-1.amazonaws.com",
        ipv6s=("2001:db8::9", "2001:db8::a"),
        subnet_ipv6_cidr="2001:db8::/64",
        vpc_ipv6_cidr="2001:db8::/56",
        ipv4_prefixes=("172.31.1.16/28",),
        ipv6_prefixes=("2001:db8:0:0:1::/80",),
    )
    client = client_of(replace(instance, interfaces=(eth0,)))
    assert client.value(path) == value
    parent, _, name = path.rpartition("/")
    if name:
        assert name in (client.value(f"{parent}/") or "").split("\n")


@pytest.mark.parametrize("path", ["public-ipv4", "public-hostname", "ipv6"])
def test_an_instance_without_such_an_address_does_not_list_it(client: Client, path: str) -> None:
    assert client.value(path) is None
    assert path not in (client.value("") or "").split("\n")


def test_an_interface_with_ipv6_alone_writes_its_subnet_out(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    alone = replace(
        instance.interfaces[0],
        private_ipv4=None,
        subnet_ipv4_cidr=None,
        ipv6s=("2600:1f16:67f:f201::1",),
        subnet_ipv6_cidr="2600:1f16:67f:f201::/64",
    )
    client = client_of(replace(instance, interfaces=(alone,)))
    place = f"network/interfaces/macs/{alone.mac}"
    assert client.value(f"{place}/subnet-ipv6-cidr-blocks") == "2600:1f16:67f:f201:0:0:0:0/64"
    assert client.value(f"{place}/local-ipv4s") is None
    assert client.value(f"{place}/subnet-ipv4-cidr-block") is None
    assert client.value("local-ipv4") is None
    assert client.value("ipv6") == "2600:1f16:67f:f201::1"
    document = client.get("/latest/dynamic/instance-identity/document").body
    assert b'"privateIp" : null,' in document
