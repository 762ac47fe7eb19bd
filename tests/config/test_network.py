from collections.abc import Callable

import pytest

from imds_sim.credentials.minting import session_keys
from imds_sim.credentials.provider import Delivery
from imds_sim.simulator.overlay import named_instance
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance, NetworkInterface


def interfaces_of(world: World, name: str = "a") -> tuple[NetworkInterface, ...]:
    instance = world.resolver.workloads[name]
    assert isinstance(instance, Instance)
    return instance.interfaces


def test_interfaces_that_say_nothing_are_those_of_the_default_vpc(
    world_of: Callable[..., World],
) -> None:
    (alone,) = interfaces_of(world_of("instances: {a: {}}"))
    eth0, eth1 = interfaces_of(world_of("instances: {a: {network_interfaces: [{}, {}]}}"))
    assert eth0 == alone
    assert eth1.device_number == 1
    assert (eth1.subnet_id, eth1.vpc_id) == (eth0.subnet_id, eth0.vpc_id)
    assert eth1.security_groups == eth0.security_groups
    for one, other in ((eth0.id, eth1.id), (eth0.mac, eth1.mac)):
        assert one != other
    assert eth0.private_ipv4 != eth1.private_ipv4


def test_what_an_interface_leaves_out_follows_from_its_addresses(
    world_of: Callable[..., World],
) -> None:
    eth0, eth1 = interfaces_of(
        world_of(
            "region: eu-west-1\ninstances: {a: {network_interfaces: ["
            "{device_number: 1, private_ipv4s: [10.0.20.9]}, "
            "{device_number: 0, private_ipv4s: [10.0.0.9, 10.0.0.10], "
            "public_ipv4s: [203.0.113.25], ipv6s: ['2001:DB8:0:1::9'], "
            "security_groups: {web: sg-0a1b2c3d, default: null}}]}}"
        )
    )
    assert (eth0.private_ipv4, eth0.secondary_ipv4s) == ("10.0.0.9", ("10.0.0.10",))
    assert eth0.private_hostname == "ip-10-0-0-9.eu-west-1.compute.internal"
    assert eth0.public_hostname == "ec2-203-0-113-25.eu-west-1.compute.amazonaws.com"
    assert (eth0.subnet_ipv4_cidr, eth0.vpc_ipv4_cidr) == ("10.0.0.0/20", "10.0.0.0/16")
    assert (eth0.subnet_ipv6_cidr, eth0.vpc_ipv6_cidr) == ("2001:db8:0:1::/64", "2001:db8::/56")
    assert eth0.ipv6s == ("2001:db8:0:1::9",)
    assert eth0.security_groups["web"] == "sg-0a1b2c3d"
    assert eth0.security_groups["default"] == eth1.security_groups["default"]
    assert (eth1.subnet_ipv4_cidr, eth1.public_hostname) == ("10.0.16.0/20", None)
    assert eth0.vpc_id == eth1.vpc_id
    assert eth0.subnet_id != eth1.subnet_id


def test_an_address_of_the_file_is_given_to_nobody_else(world_of: Callable[..., World]) -> None:
    (derived,) = interfaces_of(world_of("instances: {a: {}}"))
    given = f"b: {{network_interfaces: [{{private_ipv4s: [{derived.private_ipv4}]}}]}}"
    world = world_of(f"instances: {{a: {{}}, {given}}}")
    (moved,), (explicit,) = interfaces_of(world), interfaces_of(world, "b")
    assert explicit.private_ipv4 == derived.private_ipv4 != moved.private_ipv4
    assert explicit.subnet_id == moved.subnet_id == derived.subnet_id
    assert explicit.vpc_id == moved.vpc_id
    assert explicit.security_groups == moved.security_groups


def test_a_subnet_claimed_for_one_zone_is_not_given_to_another(
    world_of: Callable[..., World],
) -> None:
    world = world_of(
        "instances: {a: {}, b: {availability_zone: us-east-1b, "
        "network_interfaces: [{private_ipv4s: [172.31.0.9]}]}}"
    )
    assert interfaces_of(world)[0].subnet_ipv4_cidr == "172.31.16.0/20"
    assert interfaces_of(world, "b")[0].subnet_ipv4_cidr == "172.31.0.0/20"


@pytest.mark.parametrize(
    ("interfaces", "message"),
    [
        ("{device_number: 1}", "no interface has device_number 0"),
        ("{device_number: 1}, {}", "device number 1 is given twice"),
        ("{device_number: 32}", "32 is not a device number; allowed: 0 to 31"),
        ("{private_ipv4s: [10.0.0.9]}, {}", "give private_ipv4s to all interfaces or to none"),
        ("{subnet_ipv4_cidr: 10.0.0.0/24}", "needs private_ipv4s"),
        ("{subnet_ipv4_cidr: 10.0.0.0/29}", "'10.0.0.0/29': blocks are from /16 to /28"),
        (
            "{private_ipv4s: [10.0.0.3]}",
            "10.0.0.3 is not in subnet 10.0.0.0/20; allowed: 10.0.0.4 to 10.0.15.254",
        ),
        (
            "{private_ipv4s: [10.0.0.9], vpc_ipv4_cidr: 10.1.0.0/16}",
            "subnet 10.0.0.0/20 is not in 10.1.0.0/16",
        ),
        ("{public_ipv4s: [1.2.3.4, 1.2.3.5]}", "more public addresses than private ones"),
        ("{vpc_ipv6_cidr: '2001:db8::/56'}", "needs ipv6s or subnet_ipv6_cidr"),
        (
            "{ipv6s: ['2001:db8::9'], subnet_ipv6_cidr: '2001:db8:1::/64'}",
            "2001:db8::9 is not in subnet 2001:db8:1::/64",
        ),
        ("{mac: '02:29:96:8F:6A:2D'}", "write it like 02:29:96:8f:6a:2d"),
        ("{ipv4_prefixes: [10.0.0.0/24]}", "is not a prefix of 28 bits like 10.0.1.16/28"),
        ("{ipv6_prefixes: ['2001:db8::/64']}", "is not a prefix of 80 bits"),
        ("{private_ipv4s: [10.0.0.9, 10.0.0.9]}", "this address is given at"),
        ("{ipv6s: ['fe80::1%eth0']}", "'fe80::1%eth0' is not an IPv6 address"),
    ],
)
def test_interfaces_that_no_instance_could_have_are_refused(
    refusal: Callable[[str], list[str]], interfaces: str, message: str
) -> None:
    lines = refusal(f"instances: {{a: {{network_interfaces: [{interfaces}]}}}}")
    assert any(message in line for line in lines), lines


def test_an_interface_with_ipv6_alone_has_nothing_of_ipv4_but_its_vpc(
    world_of: Callable[..., World],
) -> None:
    text = "instances: {a: {id: i-0951b6d0b66337123, network_interfaces: [{ipv6_only: true, "
    world = world_of(f"region: us-east-2\n{text}ipv6s: ['2600:1f16:67f:f201::1']}}]}}}}")
    instance = named_instance(world, "a")
    (eth0,) = instance.interfaces
    assert eth0.private_ipv4s == ()
    assert eth0.subnet_ipv4_cidr is None
    assert eth0.private_hostname == "i-0951b6d0b66337123.us-east-2.compute.internal"
    assert eth0.subnet_ipv6_cidr == "2600:1f16:67f:f201::/64"
    assert eth0.vpc_ipv4_cidr == "172.31.0.0/16"
    assert "aws:Ec2InstanceSourcePrivateIPv4" not in session_keys(instance, Delivery.IMDS_V2)


def test_a_resource_name_is_the_id_of_the_instance(world_of: Callable[..., World]) -> None:
    world = world_of("instances: {a: {id: i-0a1b2c3d, hostname_type: resource-name}}")
    assert named_instance(world, "a").interfaces[0].private_hostname == "i-0a1b2c3d.ec2.internal"


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        ("10.0.1.0/24", "10.0.1.0/24", True),
        ("10.0.1.0/24", "10.0.1.0/25", False),
    ],
)
def test_a_subnet_has_one_block_whoever_names_it(
    refusal: Callable[[str], list[str]], first: str, second: str, fits: bool
) -> None:
    def nic(address: str, block: str) -> str:
        return (
            f"{{network_interfaces: [{{private_ipv4s: [{address}], subnet_ipv4_cidr: {block}, "
            "subnet_id: subnet-0a1b2c3d}]}"
        )

    lines = refusal(f"instances: {{a: {nic('10.0.1.9', first)}, b: {nic('10.0.1.8', second)}}}")
    assert (lines == []) is fits
    if not fits:
        assert lines[0].endswith(
            "subnet_id: subnet-0a1b2c3d has the IPv4 block 10.0.1.0/24 elsewhere, here 10.0.1.0/25"
        )


@pytest.mark.parametrize(
    ("interface", "message"),
    [
        ("{ipv6_only: true}", "ipv6_only: needs ipv6s"),
        (
            "{ipv6_only: true, ipv6s: ['2001:db8::1'], private_ipv4s: [10.0.0.9]}",
            "private_ipv4s: not together with ipv6_only: true",
        ),
    ],
)
def test_ipv6_alone_means_alone(
    refusal: Callable[[str], list[str]], interface: str, message: str
) -> None:
    (line,) = refusal(f"instances: {{a: {{network_interfaces: [{interface}]}}}}")
    assert line.endswith(message)
