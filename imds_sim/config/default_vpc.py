"""The default VPC: a network interface for every instance, consistent with subnet and VPC.

Source: Amazon VPC User Guide, "Default VPCs": 172.31.0.0/16 with one /20 subnet per zone, of which
the first four addresses and the last are reserved.
"""

from ipaddress import IPv4Address, IPv4Network

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
        self.id = ids.resource("vpc", account, region)
        group = ids.resource("sg", account, region, "default")
        self._security_groups = {"default": group}
        self._subnets: dict[str, list[int]] = {}  # zone → the numbers of its subnets
        self._taken: dict[int, set[int]] = {}  # number of a subnet → hosts
        self._claimed: dict[int, tuple[str, set[int]]] = {}  # the same, by the file, for a zone

    def claim(self, address: IPv4Address, zone: str) -> None:
        """Never give out `address`; its subnet is of `zone`. Nothing if it is not in this VPC."""
        if address in VPC:
            number, host = divmod(int(address) - int(VPC.network_address), 4096)
            self._claimed.setdefault(number, (zone, set()))[1].add(host - _FIRST)

    def interface_id(self, subject: str) -> str:
        return self._ids.resource("eni", subject)

    def mac(self, subject: str) -> str:
        return "02:" + self._ids.digest("network interface", subject)[4:9].hex(":")

    def subnet_id(self, zone: str, cidr: str) -> str:
        return self._ids.resource("subnet", self._account, zone, cidr)

    def interface(self, name: str, zone: str) -> NetworkInterface:
        """The primary interface of the instance `name`."""
        chance = self._ids.digest("network interface", name)
        number, host = self._place(zone, int.from_bytes(chance[:4], "big"))
        cidr = _CIDRS[number]
        address = str(_SUBNETS[number].network_address + host)
        return NetworkInterface(
            id=self.interface_id(name),
            mac=self.mac(name),
            device_number=0,
            private_ipv4=address,
            private_hostname=private_hostname(address, self._region),
            subnet_id=self.subnet_id(zone, cidr),
            subnet_ipv4_cidr=cidr,
            vpc_id=self.id,
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
            self._taken[number] = set(self._claimed[number][1] if number in self._claimed else ())
        taken = self._taken[number]
        while wanted in taken:
            wanted = (wanted + 1) % _HOSTS
        taken.add(wanted)
        return number, _FIRST + wanted

    def _next_subnet(self, zone: str) -> int | None:
        """A subnet that no zone has yet; zone a begins at 172.31.0.0/20, b at 172.31.16.0/20."""
        wanted = (ord(zone[-1]) - ord("a")) % len(_SUBNETS)
        order = [(wanted + step) % len(_SUBNETS) for step in range(len(_SUBNETS))]
        return next((number for number in order if self._is_free(number, zone)), None)

    def _is_free(self, number: int, zone: str) -> bool:
        of, claimed = self._claimed.get(number, (zone, ()))
        return number not in self._taken and of == zone and len(claimed) < _HOSTS
