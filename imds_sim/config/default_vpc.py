"""The default VPC: a network interface for every instance, consistent with subnet and VPC.

Source: Amazon VPC User Guide, "Default VPCs": 172.31.0.0/16 with one /20 subnet per zone, of which
the first four addresses and the last are reserved.
"""

from ipaddress import IPv4Network

from imds_sim.config.placement import private_hostname
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.workloads.instance import NetworkInterface

VPC = IPv4Network("172.31.0.0/16")
_SUBNETS = tuple(VPC.subnets(new_prefix=20))
_VPC_CIDR = str(VPC)
_CIDRS = tuple(map(str, _SUBNETS))
_FIRST, _LAST = 4, 4094  # hosts of a /20 that can be given out
_HOSTS = _LAST - _FIRST + 1


class DefaultVpc:
    """Gives every instance an address of its own, chosen by its name, while there are some.

    Remembers the addresses given out, at most 65,456; beyond, and only then, they repeat. An
    instance keeps its address when others are added after it.
    """

    def __init__(self, ids: Identifiers, account: str, region: str) -> None:
        self._ids = ids
        self._account = account
        self._region = region
        self._id = ids.resource("vpc", account, region)
        group = ids.resource("sg", account, region, "default")
        self._security_groups = {"default": group}
        self._subnets: dict[str, list[int]] = {}  # zone → the numbers of its subnets
        self._taken: dict[int, set[int]] = {}  # number of a subnet → hosts

    def interface(self, name: str, zone: str) -> NetworkInterface:
        """The primary interface of the instance `name`."""
        chance = self._ids.digest("network interface", name)
        number, host = self._place(zone, int.from_bytes(chance[:4], "big"))
        cidr = _CIDRS[number]
        address = str(_SUBNETS[number].network_address + host)
        return NetworkInterface(
            id=self._ids.resource("eni", name),
            mac="02:" + chance[4:9].hex(":"),
            device_number=0,
            private_ipv4=address,
            private_hostname=private_hostname(address, self._region),
            subnet_id=self._ids.resource("subnet", self._account, zone, cidr),
            subnet_ipv4_cidr=cidr,
            vpc_id=self._id,
            vpc_ipv4_cidr=_VPC_CIDR,
            security_groups=self._security_groups,
        )

    def _place(self, zone: str, chance: int) -> tuple[int, int]:
        subnets = self._subnets.setdefault(zone, [])
        wanted = chance % _HOSTS
        number = next((each for each in subnets if len(self._taken[each]) < _HOSTS), None)
        if number is None:
            number = self._next_subnet(zone)
            if number is None:  # the VPC is full
                return (subnets or [0])[0], _FIRST + wanted
            subnets.append(number)
        taken = self._taken.setdefault(number, set())
        while wanted in taken:
            wanted = (wanted + 1) % _HOSTS
        taken.add(wanted)
        return number, _FIRST + wanted

    def _next_subnet(self, zone: str) -> int | None:
        """A subnet that no zone has yet; zone a begins at 172.31.0.0/20, b at 172.31.16.0/20."""
        wanted = (ord(zone[-1]) - ord("a")) % len(_SUBNETS)
        order = [(wanted + step) % len(_SUBNETS) for step in range(len(_SUBNETS))]
        return next((number for number in order if number not in self._taken), None)
