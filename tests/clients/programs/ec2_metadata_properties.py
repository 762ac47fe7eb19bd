"""Every property of the package ec2-metadata, of its interfaces and of its keys."""

import json
from functools import cached_property

from ec2_metadata import EC2Metadata


def read(thing: object) -> dict[str, object]:
    """Each property with its value."""
    kind = type(thing)
    names = [
        name for name in dir(kind) if isinstance(getattr(kind, name), property | cached_property)
    ]
    return {name: getattr(thing, name) for name in names}


def plain(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else repr(value)


ec2 = EC2Metadata()
found = read(ec2)
found["network_interfaces"] = {mac: read(nic) for mac, nic in ec2.network_interfaces.items()}
found["public_keys"] = {name: read(key) for name, key in ec2.public_keys.items()}
found["tags"] = dict(ec2.tags)
print(json.dumps(found, default=plain))
