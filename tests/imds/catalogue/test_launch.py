from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.workloads.instance import Instance, Launch, ManagedSshKeys
from tests.imds.client import Client

ClientOf = Callable[[Instance], Client]
ABSENT = ("ancestor-ami-ids", "hibernation", "kernel-id", "product-codes", "ramdisk-id")


def test_what_no_launch_brought_is_missing(client: Client) -> None:
    assert [path for path in ABSENT if client.value(path) is not None] == []
    assert client.value("ami-launch-index") == "0"
    assert client.value("profile") == "default-hvm"


def test_what_the_launch_brought_is_there_from_its_build_on(
    client_of: ClientOf, instance: Instance
) -> None:
    launch = Launch(
        index=3,
        product_codes=("a1", "b2"),
        kernel_id="aki-1",
        ramdisk_id="ari-1",
        ancestor_image_ids=("ami-1", "ami-2"),
        hibernation=False,
        monitoring=True,
    )
    client = client_of(replace(instance, launch=launch))
    assert client.value("ami-launch-index") == "3"
    assert client.value("product-codes") == "a1\nb2"
    assert client.value("ancestor-ami-ids") == "ami-1\nami-2"
    assert client.value("hibernation/configured") == "false"
    assert client.value("profile") == "default-paravirtual"
    assert client.get("/latest/dynamic/fws/instance-monitoring").body == b"enabled"
    document = client.get("/latest/dynamic/instance-identity/document").body
    assert b'"marketplaceProductCodes" : [ "a1", "b2" ],' in document
    assert b'"kernelId" : "aki-1",' in document
    assert b'"ramdiskId" : "ari-1",' in document
    for path, before, since in (
        ("kernel-id", "2007-12-15", "2008-02-01"),
        ("ramdisk-id", "2007-08-29", "2007-10-10"),
        ("product-codes", "2007-01-19", "2007-03-01"),
    ):
        assert client.get(f"/{before}/meta-data/{path}").status == 404
        assert client.get(f"/{since}/meta-data/{path}").status == 200


def test_block_devices_are_those_of_the_launch(client_of: ClientOf, instance: Instance) -> None:
    launch = Launch(root_device="/dev/sda1", block_devices={"swap": "sda3", "ebs1": "sdb"})
    client = client_of(replace(instance, launch=launch))
    assert client.value("block-device-mapping/") == "ami\nebs1\nroot\nswap"
    assert client.value("block-device-mapping/ami") == "/dev/sda1"
    assert client.value("block-device-mapping/ebs1") == "sdb"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("active-keys/ec2-user/", "key"),
        ("active-keys/root/", None),
        ("signer-cert/", "PEM"),
        ("signer-ocsp/", "AB12"),
        ("signer-ocsp/AB12", "MIIB"),
    ],
)
def test_managed_ssh_keys_are_read_but_not_listed(
    client_of: ClientOf, instance: Instance, path: str, value: str | None
) -> None:
    keys = ManagedSshKeys({"ec2-user": "key"}, "PEM", {"AB12": "MIIB"})
    client = client_of(replace(instance, managed_ssh_keys=keys))
    assert client.value(f"managed-ssh-keys/{path}") == value
    assert "managed-ssh-keys/" not in (client.lines("/latest/meta-data/") or [])
    assert client_of(instance).value(f"managed-ssh-keys/{path}") is None
    response = client.get(f"/latest/meta-data/managed-ssh-keys/{path}", method="HEAD")
    assert response.status == (404 if value is None else 200)
