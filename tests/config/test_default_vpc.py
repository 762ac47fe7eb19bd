from ipaddress import IPv4Address, IPv4Network

import pytest

from imds_sim.config.default_vpc import DefaultVpc
from imds_sim.kernel.identifiers import Identifiers

IDS = Identifiers(b"k" * 32)


@pytest.fixture
def vpc() -> DefaultVpc:
    return DefaultVpc(IDS, "111122223333", "us-east-1")


def test_address_subnet_and_vpc_agree(vpc: DefaultVpc) -> None:
    eth0 = vpc.interface("web-1", "us-east-1b")
    assert eth0.subnet_ipv4_cidr == "172.31.16.0/20"
    assert eth0.vpc_ipv4_cidr == "172.31.0.0/16"
    assert eth0.private_ipv4 is not None
    assert eth0.subnet_ipv4_cidr is not None
    assert IPv4Address(eth0.private_ipv4) in IPv4Network(eth0.subnet_ipv4_cidr)
    assert eth0.private_hostname == f"ip-{eth0.private_ipv4.replace('.', '-')}.ec2.internal"
    assert eth0.mac.startswith("02:")
    assert len(eth0.mac) == 17


def test_instances_of_a_zone_share_its_subnet_and_all_share_the_vpc(vpc: DefaultVpc) -> None:
    one, two = vpc.interface("a", "us-east-1a"), vpc.interface("b", "us-east-1a")
    other = vpc.interface("c", "us-east-1c")
    assert one.subnet_id == two.subnet_id != other.subnet_id
    assert one.vpc_id == two.vpc_id == other.vpc_id
    assert one.security_groups == other.security_groups
    assert list(one.security_groups) == ["default"]
    assert len({one.id, two.id, other.id}) == 3
    assert len({one.mac, two.mac, other.mac}) == 3


def test_an_instance_keeps_its_address_when_others_come_after_it(vpc: DefaultVpc) -> None:
    alone = DefaultVpc(IDS, "111122223333", "us-east-1").interface("web-1", "us-east-1a")
    assert vpc.interface("web-1", "us-east-1a") == alone
    for number in range(50):
        vpc.interface(f"more-{number}", "us-east-1a")
    again = DefaultVpc(IDS, "111122223333", "us-east-1")
    assert again.interface("web-1", "us-east-1a") == alone


def test_ten_thousand_instances_of_a_zone_have_addresses_of_their_own(vpc: DefaultVpc) -> None:
    interfaces = [vpc.interface(f"i-{number}", "us-east-1a") for number in range(10_000)]
    assert len({each.private_ipv4 for each in interfaces}) == 10_000
    assert len({each.subnet_ipv4_cidr for each in interfaces}) == 3
    for each in interfaces:
        hosts = int(IPv4Address(each.private_ipv4)) % 4096
        assert 4 <= hosts <= 4094
        assert IPv4Address(each.private_ipv4) in IPv4Network(each.subnet_ipv4_cidr)


def test_subnets_of_two_zones_never_overlap(vpc: DefaultVpc) -> None:
    zones = ["us-east-1a", "us-east-1q", "us-east-1-bos-1a", "us-east-1-wl1-bos-wlz-1"]
    assert len({vpc.interface(zone, zone).subnet_ipv4_cidr for zone in zones}) == 4


def test_a_full_vpc_still_gives_addresses_of_its_subnets() -> None:
    vpc = DefaultVpc(IDS, "111122223333", "us-east-1")
    for letter in "abcdefghijklmnop":
        vpc.interface(letter, f"us-east-1{letter}")
    late = vpc.interface("late", "us-east-1z")
    assert IPv4Address(late.private_ipv4) in IPv4Network(late.subnet_ipv4_cidr)
