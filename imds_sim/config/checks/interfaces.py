"""Network interfaces: one of each device number, addresses in their subnets, used once."""

from collections.abc import Iterator

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.network import device_numbers, ipv4_blocks, ipv6_blocks
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.interfaces import NetworkInterfaceSection


def check_interfaces(configuration: Configuration) -> Iterator[Finding]:
    """What no instance could be launched with."""
    yield from _same_ids(configuration)
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
        if len({bool(each.private_ipv4s) for each in sections if not each.ipv6_only}) > 1:
            yield Finding(path, "give private_ipv4s to all interfaces or to none")


def _blocks(path: KeyPath, section: NetworkInterfaceSection) -> Iterator[Finding]:
    if section.ipv6_only:
        yield from _ipv6_only(path, section)
    elif not section.private_ipv4s:
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


def _ipv6_only(path: KeyPath, section: NetworkInterfaceSection) -> Iterator[Finding]:
    for key in ("private_ipv4s", "public_ipv4s", "ipv4_prefixes", "subnet_ipv4_cidr"):
        if getattr(section, key):
            yield Finding((*path, key), "not together with ipv6_only: true")
    if not section.ipv6s:
        yield Finding((*path, "ipv6_only"), "needs ipv6s", rests_on=((*path, "ipv6s"),))


def _same_ids(configuration: Configuration) -> Iterator[Finding]:
    """A subnet or VPC has one block of each version, whoever names its id."""
    first: dict[tuple[str, str], object] = {}
    for name, instance in configuration.instances.items():
        for index, section in enumerate(instance.network_interfaces):
            path: KeyPath = ("instances", name, "network_interfaces", index)
            ipv4 = ipv4_blocks(section) if section.private_ipv4s else (None, None)
            ipv6 = ipv6_blocks(section) or (None, None)
            for place, key in enumerate(("subnet", "vpc")):
                known = getattr(section, f"{key}_id")
                for version, blocks in (("IPv4", ipv4), ("IPv6", ipv6)):
                    block = blocks[place]
                    if known is None or block is None:
                        continue
                    if (other := first.setdefault((known, version), block)) != block:
                        message = f"{known} has the {version} block {other} elsewhere, here {block}"
                        yield Finding((*path, f"{key}_id"), message)
