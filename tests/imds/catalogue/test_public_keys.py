from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.workloads.instance import Instance
from tests.imds.client import Client


@pytest.fixture
def client(client_of: Callable[[Instance], Client], instance: Instance) -> Client:
    keys = {"my-public-key": "ssh-rsa AAAA my-public-key", "b": "ssh-ed25519 BBBB b"}
    return client_of(replace(instance, public_keys=keys))


def test_key_pairs_are_listed_by_index_and_name(client: Client) -> None:
    assert client.value("public-keys/") == "0=my-public-key\n1=b"


def test_a_key_is_read_by_its_index_and_ends_with_a_line_feed(client: Client) -> None:
    assert client.value("public-keys/0/") == client.value("public-keys/0") == "openssh-key"
    assert client.value("public-keys/0/openssh-key") == "ssh-rsa AAAA my-public-key\n"
    assert client.value("public-keys/1/openssh-key") == "ssh-ed25519 BBBB b\n"
    assert client.value("public-keys/2/openssh-key") is None
    assert client.value("public-keys/my-public-key/openssh-key") is None
