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
