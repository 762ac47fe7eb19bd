"""Network interfaces: one of each device number, addresses in their subnets, used once."""

from collections.abc import Iterator

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.network import device_numbers, ipv4_blocks, ipv6_blocks
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.interfaces import NetworkInterfaceSection


def check_interfaces(configuration: Configuration) -> Iterator[Finding]:
    """What no instance could be launched with."""
    for name, instance in configuration.instances.items():
        path: KeyPath = ("instances", name, "network_interfaces")
        sections = instance.network_interfaces
        numbers = device_numbers(sections)
        if numbers and 0 not in numbers:
            yield Finding(path, "no interface has device_number 0")
        for index, (number, section) in enumerate(zip(numbers, sections, strict=True)):
            if number in numbers[:index]:
                yield Finding((*path, index), f"device number {number} is given twice")
            yield from _blocks((*path, index), section)
        if len({bool(each.private_ipv4s) for each in sections}) > 1:
            yield Finding(path, "give private_ipv4s to all interfaces or to none")


def _blocks(path: KeyPath, section: NetworkInterfaceSection) -> Iterator[Finding]:
    if not section.private_ipv4s:
        for key in ("subnet_ipv4_cidr", "vpc_ipv4_cidr"):
            if getattr(section, key) is not None:
                yield Finding((*path, key), "needs private_ipv4s")
    else:
        subnet, vpc = ipv4_blocks(section)
        for index, ipv4 in enumerate(section.private_ipv4s):
            low, high = subnet.network_address + 4, subnet.broadcast_address - 1
            if not low <= ipv4 <= high:
                message = f"{ipv4} is not in subnet {subnet}; allowed: {low} to {high}"
                yield Finding((*path, "private_ipv4s", index), message)
        if not subnet.subnet_of(vpc):
            yield Finding((*path, "vpc_ipv4_cidr"), f"subnet {subnet} is not in {vpc}")
    if len(section.public_ipv4s) > max(1, len(section.private_ipv4s)):
        yield Finding((*path, "public_ipv4s"), "more public addresses than private ones")
    ipv6 = ipv6_blocks(section)
    if ipv6 is None:
        if section.vpc_ipv6_cidr is not None:
            yield Finding((*path, "vpc_ipv6_cidr"), "needs ipv6s or subnet_ipv6_cidr")
        return
    for index, each in enumerate(section.ipv6s):
        if each not in ipv6[0]:
            yield Finding((*path, "ipv6s", index), f"{each} is not in subnet {ipv6[0]}")
    if not ipv6[0].subnet_of(ipv6[1]):
        yield Finding((*path, "vpc_ipv6_cidr"), f"subnet {ipv6[0]} is not in {ipv6[1]}")
