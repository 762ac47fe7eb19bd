"""What follows from the name of a zone or of an instance type."""

import re

_REGION = re.compile(
    r"(?P<area>[a-z]{2,4})-(?P<middle>(?:[a-z]+-)*)(?P<side>[a-z]+)-(?P<number>[0-9]+)"
)
# EC2 User Guide, "Availability Zone IDs": use1-az1, apse2-az3, cnnw1-az1, usgw1-az1.
_SIDES = {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}
_LOCAL_ZONE = re.compile(r"-(?P<place>[a-z0-9]+)-(?P<number>[0-9]+)(?P<letter>[a-z])")
# EC2 instance type names: a g after the generation is Graviton; a1 and the Macs from 2 on are Arm
# by another name, and so is Grace in P6e.
_ARM = re.compile(r"(?:[a-z]+[0-9]+g[a-z]*|a1|mac2(?:-.*)?|mac-m.*|p6e-gb.*)\..*")


def zone_id_of(region: str, zone: str) -> str:
    """The id of a zone, e.g. `use1-az1` for us-east-1a.

    On AWS the mapping of letters is an account's own; here a is 1, b is 2 and so on. Zones are
    called `REGION` and a letter, Local Zones `REGION-bos-1a`, Wavelength Zones
    `REGION-wl1-bos-wlz-1`.
    """
    short = _short_region(region)
    rest = zone.removeprefix(region)
    if len(rest) == 1:
        return f"{short}-az{_number(rest)}"
    local = _LOCAL_ZONE.fullmatch(rest)
    if local:
        return f"{short}-{local['place']}{local['number']}-az{_number(local['letter'])}"
    return short + re.sub(r"-([0-9]+)$", r"\1", rest)


def architecture_of(instance_type: str) -> str:
    """`arm64` or `x86_64`, as the instance identity document has it."""
    return "arm64" if _ARM.fullmatch(instance_type) else "x86_64"


def private_hostname(private_ipv4: str, region: str) -> str:
    """The IP name of an address: `ip-172-31-5-7.ec2.internal`, other regions with their name."""
    return f"ip-{private_ipv4.replace('.', '-')}.{_domain(region)}"


def resource_hostname(instance_id: str, region: str) -> str:
    """The resource name of an instance: `i-0951b6d0b66337123.us-east-2.compute.internal`."""
    return f"{instance_id}.{_domain(region)}"


def public_hostname(public_ipv4: str, region: str, dns_suffix: str) -> str:
    """The name of a public address, e.g. `ec2-203-0-113-25.us-east-2.compute.amazonaws.com`."""
    place = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{public_ipv4.replace('.', '-')}.{place}.{dns_suffix}"


def _domain(region: str) -> str:
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def _short_region(region: str) -> str:
    match = _REGION.fullmatch(region)
    if match is None:
        return region
    middle = "".join(
        {"gov": "g", "isob": "ib", "isoe": "ie", "isof": "if"}.get(part, part[0])
        for part in match["middle"].split("-")
        if part
    )
    side = _SIDES.get(match["side"], match["side"][0])
    return f"{match['area']}{middle}{side}{match['number']}"


def _number(letter: str) -> int:
    return ord(letter) - ord("a") + 1
