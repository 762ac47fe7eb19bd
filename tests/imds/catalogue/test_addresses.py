from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.workloads.instance import Instance
from tests.imds.client import Client


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("hostname", "ip-172-31-0-9.ec2.internal"),
        ("local-hostname", "ip-172-31-0-9.ec2.internal"),
        ("local-ipv4", "172.31.0.9"),
        ("mac", "02:29:96:8f:6a:2d"),
        ("security-groups", "default"),
    ],
)
def test_the_instance_has_the_names_and_addresses_of_eth0(
    client: Client, path: str, value: str
) -> None:
    assert client.value(path) == value


def test_security_groups_are_one_per_line(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    eth0 = replace(instance.interfaces[0], security_groups={"web": "sg-0b", "default": "sg-0a"})
    client = client_of(replace(instance, interfaces=(eth0,)))
    assert client.value("security-groups") == "web\ndefault"
