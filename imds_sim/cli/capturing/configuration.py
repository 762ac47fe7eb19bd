"""The configuration that a tree was made from, as far as keys can say it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from imds_sim.cli.capturing.kinds import Kind, kind_of

META_DATA = "/latest/meta-data/"
NAME = "captured"  # of the instance
Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Tree:
    """The leaves that were found, by their paths as requested."""

    leaves: Mapping[str, bytes]

    def text(self, path: str) -> str | None:
        """A leaf below meta-data as text; None if there is none."""
        body = self.leaves.get(META_DATA + path)
        return None if body is None else body.decode("utf-8", "replace")

    def lines(self, path: str) -> list[str]:
        """A leaf below meta-data with a value in each line."""
        text = self.text(path)
        return text.split("\n") if text else []

    def names(self, path: str) -> list[str]:
        """The names directly below a directory of meta-data, which ends with a slash."""
        start = META_DATA + path
        below = (each[len(start) :] for each in self.leaves if each.startswith(start))
        return list(dict.fromkeys(rest.partition("/")[0] for rest in below))

    def object(self, path: str) -> Mapping[str, object]:
        """A JSON object anywhere; an empty one where there is none."""
        try:
            found = json.loads(self.leaves.get(path, b"{}"))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is taken only if asked for."""

    user_data: bool
    credentials: bool


def configuration_of(
    tree: Tree, keys: Mapping[str, str], *, with_v1: bool, version: str, wanted: Wanted
) -> Document:
    """The file as a mapping. `keys` are the key pairs and their lines, by name.

    `version` is that of the HTTP that the service speaks, which tells its family.
    """
    identity = tree.object("/latest/dynamic/instance-identity/document")
    role = next(iter(_roles(tree)), None)
    instance = _present(
        {
            "id": tree.text("instance-id"),
            "role": role,
            **(_profile(tree, role) if role is not None else {}),
            "reservation_id": tree.text("reservation-id"),
            "launch_time": identity.get("pendingTime"),
            "metadata_options": _options(tree, with_v1),
            "family": "xen" if version == "HTTP/1.0" else None,
            "instance_type": tree.text("instance-type"),
            "image_id": tree.text("ami-id"),
            "availability_zone": tree.text("placement/availability-zone"),
            "placement": _placement(tree),
            "tags": {unquote(name): tree.text(f"tags/instance/{name}") for name in _tags(tree)},
            **(_user_data(tree) if wanted.user_data else {}),
            "public_keys": dict(keys),
            "network_interfaces": _interfaces(tree),
            **_launch(tree),
        }
    )
    if role is not None and (
        wanted.credentials or not tree.names("iam/security-credentials-extended/")
    ):
        instance["extended_credentials"] = False  # then clients take those that stand in the file
    return _present(
        {
            "account": identity.get("accountId") or _account(tree),
            "region": identity.get("region") or tree.text("placement/region"),
            "roles": {role: _role(tree, role)} if role is not None else {},
            "instances": {NAME: instance},
        }
    )


def _launch(tree: Tree) -> Document:
    """What the launch and the image brought, where it is not as usual."""
    index, life_cycle = tree.text("ami-launch-index") or "", tree.text("instance-life-cycle")
    hibernation, hostname = tree.text("hibernation/configured"), tree.text("local-hostname") or ""
    by_id = hostname.startswith(f"{tree.text('instance-id')}.")
    monitored = tree.leaves.get("/latest/dynamic/fws/instance-monitoring") == b"enabled"
    devices = {
        name: tree.text(f"block-device-mapping/{name}")
        for name in tree.names("block-device-mapping/")
        if name != "ami"  # which is the root's
    }
    return {
        "life_cycle": life_cycle if life_cycle != "on-demand" else None,
        "launch_index": int(index) if index.isdecimal() and index != "0" else None,
        "product_codes": tree.lines("product-codes"),
        "kernel_id": tree.text("kernel-id"),
        "ramdisk_id": tree.text("ramdisk-id"),
        "ancestor_image_ids": tree.lines("ancestor-ami-ids"),
        "block_devices": devices if devices != {"root": "/dev/xvda"} else None,
        "monitoring": "enabled" if monitored else None,
        "hibernation": {"true": True, "false": False}.get(hibernation or ""),
        "hostname_type": "resource-name" if by_id else None,
    }


def _present(values: Mapping[str, object]) -> Document:
    return {key: value for key, value in values.items() if value not in (None, {}, [])}


def _roles(tree: Tree) -> list[str]:
    return [
        path.rpartition("/")[2]
        for path in tree.leaves
        if path.startswith(f"{META_DATA}iam/") and kind_of(path) is Kind.CREDENTIALS
    ]


def _role(tree: Tree, role: str) -> Document:
    held = tree.object(f"{META_DATA}iam/security-credentials/{role}")
    return {"trust": "none"} if held.get("Code") == "AssumeRoleUnauthorizedAccess" else {}


def _profile(tree: Tree, role: str) -> Document:
    info = tree.object(f"{META_DATA}iam/info")
    name = str(info.get("InstanceProfileArn", "")).rpartition("/")[2]
    return {
        "profile": name if name not in ("", role) else None,
        "profile_id": info.get("InstanceProfileId"),
    }


def _account(tree: Tree) -> str | None:
    macs = tree.names("network/interfaces/macs/")
    return tree.text(f"network/interfaces/macs/{macs[0]}/owner-id") if macs else None


def _options(tree: Tree, with_v1: bool) -> Document:
    return _present(
        {
            "http_tokens": "optional" if with_v1 else None,
            "instance_metadata_tags": "enabled" if _tags(tree) else None,
        }
    )


def _tags(tree: Tree) -> list[str]:
    return tree.names("tags/instance/")


def _placement(tree: Tree) -> Document:
    number = tree.text("placement/partition-number")
    return _present(
        {
            "group_name": tree.text("placement/group-name"),
            "host_id": tree.text("placement/host-id"),
            "partition_number": int(number) if number and number.isdecimal() else None,
        }
    )


def _user_data(tree: Tree) -> Document:
    raw = tree.leaves.get("/latest/user-data")
    if not raw:
        return {}
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = "\0"
    if all(each.isprintable() or each in "\n\t" for each in text):
        return {"user_data": text}
    return {"user_data_base64": base64.b64encode(raw).decode()}


def _interfaces(tree: Tree) -> list[Document]:
    found = [_interface(tree, mac) for mac in tree.names("network/interfaces/macs/")]
    return sorted(found, key=lambda each: str(each.get("device_number", "")).zfill(3))


def _interface(tree: Tree, mac: str) -> Document:
    base = f"network/interfaces/macs/{mac}/"
    number = tree.text(base + "device-number")
    private = tree.lines(base + "local-ipv4s")
    groups = tree.lines(base + "security-groups")
    ids = tree.lines(base + "security-group-ids")
    return _present(
        {
            "id": tree.text(base + "interface-id"),
            "mac": mac,
            "device_number": int(number) if number and number.isdecimal() else None,
            "private_ipv4s": private,
            "public_ipv4s": _public(tree, base, private),
            "ipv6s": tree.lines(base + "ipv6s"),
            "ipv4_prefixes": tree.lines(base + "ipv4-prefix"),
            "ipv6_prefixes": tree.lines(base + "ipv6-prefix"),
            "subnet_id": tree.text(base + "subnet-id"),
            "subnet_ipv4_cidr": tree.text(base + "subnet-ipv4-cidr-block"),
            "subnet_ipv6_cidr": tree.text(base + "subnet-ipv6-cidr-blocks"),
            "vpc_id": tree.text(base + "vpc-id"),
            "vpc_ipv4_cidr": tree.text(base + "vpc-ipv4-cidr-block"),
            "vpc_ipv6_cidr": tree.text(base + "vpc-ipv6-cidr-blocks"),
            "security_groups": dict(zip(groups, ids, strict=False)),
        }
    )


def _public(tree: Tree, base: str, private: list[str]) -> list[str]:
    """The public addresses in the order of the private ones that they stand for."""
    stands_for = {
        public: tree.text(f"{base}ipv4-associations/{public}")
        for public in tree.names(f"{base}ipv4-associations/")
    }
    places = {address: place for place, address in enumerate(private)}
    return sorted(stands_for, key=lambda public: places.get(stands_for[public] or "", len(places)))
