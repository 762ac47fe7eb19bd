"""What runs on an instance at boot and by hand, unmodified, from Debian and from PyPI."""

import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.clients import on_ec2
from tests.clients.builds import PROGRAMS
from tests.clients.conftest import Asked
from tests.clients.matrix import needs
from tests.daemons import Daemon

DEBIANS_PYTHON = "/usr/bin/python3"


def needs_command(name: str, package: str) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed (apt-get install {package})")


@pytest.fixture(scope="module")
def crawled(ec2: Daemon) -> dict[str, Any]:
    """What cloud-init's EC2 data source makes of the instance."""
    needs_command("cloud-init", "cloud-init")
    folder = ec2.folder / "cloud-init"
    folder.mkdir()
    program = str(PROGRAMS / "cloud_init_crawl.py")
    before = len(ec2.journal())
    found = dict(json.loads(ec2.run(DEBIANS_PYTHON, program, str(folder)).stdout))
    return {**found, "asked": ec2.journal()[before:]}


def test_cloud_init_crawls_the_whole_tree(crawled: dict[str, Any]) -> None:
    assert (crawled["found"], crawled["cloud"]) == (True, "aws")
    assert crawled["version"] == "2021-03-23"
    asked = {entry["path"] for entry in crawled["asked"]}
    assert "/2021-03-23/meta-data/identity-credentials/ec2/info" in asked
    assert "/2021-03-23/dynamic/instance-identity/pkcs7" in asked
    assert {entry["status"] for entry in crawled["asked"]} == {200}


def test_cloud_init_knows_the_instance(crawled: dict[str, Any]) -> None:
    assert crawled["instance_id"] == "i-0123456789abcdef0"
    assert crawled["hostname"] == on_ec2.PRIVATE_HOSTNAME.partition(".")[0]
    assert crawled["keys"] == [on_ec2.OPENSSH_KEY]
    assert crawled["user_data"] == on_ec2.USER_DATA
    assert (crawled["region"], crawled["availability_zone"]) == ("eu-west-1", "eu-west-1a")
    assert crawled["launch_index"] == "0"
    metadata = crawled["metadata"]
    assert metadata["tags"] == {"instance": {"Name": "web-1", "team": "orders"}}
    assert metadata["public-keys"] == {"deploy": [on_ec2.OPENSSH_KEY]}
    assert metadata["identity-credentials"]["ec2"]["info"]["AccountId"] == "111122223333"
    assert "security-credentials" not in metadata["iam"]  # it leaves them alone
    identity = crawled["dynamic"]["instance-identity"]
    assert identity["document"]["instanceId"] == "i-0123456789abcdef0"
    assert set(identity) == {"document", "dsa2048", "pkcs7", "rsa2048", "signature"}


def test_cloud_init_configures_both_interfaces(crawled: dict[str, Any]) -> None:
    assert crawled["network"] == {
        "version": 2,
        "ethernets": {
            "ens5": {
                "match": {"macaddress": "02:29:96:8f:6a:2d"},
                "set-name": "ens5",
                "dhcp4": True,
                "dhcp4-overrides": {"route-metric": 100},
                "dhcp6": True,
                "dhcp6-overrides": {"route-metric": 100},
                "addresses": ["10.0.1.10/24"],
            },
            "ens6": {
                "match": {"macaddress": "02:29:96:8f:6a:2e"},
                "set-name": "ens6",
                "dhcp4": True,
                "dhcp4-overrides": {"route-metric": 200},
                "dhcp6": False,
            },
        },
    }


def lines(printed: str) -> dict[str, str]:
    """`name: value` lines by name."""
    found = (line.partition(": ") for line in printed.splitlines())
    return {name: value for name, separator, value in found if separator}


def test_ec2metadata_prints_what_it_prints_on_an_instance(ec2: Daemon, asked_on_ec2: Asked) -> None:
    """Line for line as recorded on a t2.micro, which had no `mac` either: it asks the build of
    2009-04-04, and the newer `placement/` is not in it."""
    needs_command("ec2metadata", "cloud-guest-utils")
    printed = lines(ec2.run("ec2metadata").stdout)
    reservation = printed.pop("reservation-id", None) or printed.pop("reserveration-id")
    assert re.fullmatch("r-[0-9a-f]{17}", reservation)
    newer = {name: printed.pop(name) for name in NEWER if name in printed}
    assert set(newer.values()) <= {"unavailable"}
    assert printed == {
        "ami-id": "ami-0123456789abcdef0",
        "ami-launch-index": "0",
        "ami-manifest-path": "(unknown)",
        "ancestor-ami-ids": "unavailable",
        "availability-zone": "eu-west-1a",
        "block-device-mapping": "ami",  # and `root` in a line of its own
        "instance-action": "none",
        "instance-id": "i-0123456789abcdef0",
        "instance-type": "m7g.large",
        "local-hostname": on_ec2.PRIVATE_HOSTNAME,
        "local-ipv4": "10.0.1.9",
        "kernel-id": "unavailable",
        "mac": "unavailable",
        "profile": "default-hvm",
        "product-codes": "unavailable",
        "public-hostname": on_ec2.PUBLIC_HOSTNAME,
        "public-ipv4": "203.0.113.25",
        "public-keys": repr([on_ec2.OPENSSH_KEY]),
        "ramdisk-id": "unavailable",
        "security-groups": "web",
        "user-data": repr(on_ec2.USER_DATA.encode()),
    }
    assert "GET /2009-04-04/meta-data/mac" in asked_on_ec2.lines("imds")


NEWER = ("availability-zone-id", "region", "host-id", "group-name", "partition-number")


def test_ec2_metadata_of_amazon_linux_prints_the_instance(ec2: Daemon, asked_on_ec2: Asked) -> None:
    needs_command("ec2-metadata", "amazon-ec2-utils")
    printed = ec2.run("ec2-metadata", "--all").stdout
    told = lines(printed)
    assert told["instance-id"] == "i-0123456789abcdef0"
    assert told["placement"] == "eu-west-1a"
    assert told["local-hostname"] == on_ec2.PRIVATE_HOSTNAME
    assert told["public-ipv4"] == "203.0.113.25"
    assert told["ramdisk-id"] == "not available"
    assert f"key:(begins from next line)\n{on_ec2.OPENSSH_KEY}\n" in printed
    assert "block-device-mapping: \n\t ami: /dev/xvda\n\t root: /dev/xvda\n" in printed
    assert f"user-data: {on_ec2.USER_DATA}" in printed
    if "tags: " in printed:  # since 0.1.2
        assert "tags: \n\t Name: web-1\n\t team: orders\n" in printed
    assert "PUT /latest/api/token" in asked_on_ec2.lines("imds")


def test_botocore_finds_the_region_and_the_credentials(ec2: Daemon, asked_on_ec2: Asked) -> None:
    needs("botocore")
    printed = ec2.run(sys.executable, str(PROGRAMS / "botocore_metadata.py")).stdout
    found = json.loads(printed)
    assert found["region"] == "eu-west-1"
    assert found["role_name"] == "web"
    assert found["access_key"].startswith("ASIA")
    assert {"access_key", "secret_key", "token", "expiry_time"} <= set(found["names"])
    asked = asked_on_ec2.lines("imds")
    assert "GET /latest/meta-data/placement/availability-zone/" in asked


def test_every_property_of_the_package_ec2_metadata_can_be_read(
    ec2: Daemon, asked_on_ec2: Asked
) -> None:
    if importlib.util.find_spec("ec2_metadata") is None:
        pytest.skip("ec2_metadata is not installed (pip install -e '.[clients]')")
    printed = ec2.run(sys.executable, str(PROGRAMS / "ec2_metadata_properties.py")).stdout
    found = json.loads(printed)
    nothing = {name for name, value in found.items() if value is None}
    assert nothing == {"autoscaling_target_lifecycle_state", "kernel_id", "spot_instance_action"}
    assert found["account_id"] == "111122223333"
    assert found["ami_launch_index"] == 0
    assert found["iam_security_credentials"]["Code"] == "Success"
    assert found["instance_profile_name"] == "web"
    assert found["public_keys"] == {"deploy": {"openssh_key": on_ec2.OPENSSH_KEY + "\n"}}
    assert found["tags"] == {"Name": "web-1", "team": "orders"}
    assert found["user_data"] == on_ec2.USER_DATA
    assert found["security_groups"] == ["web"]
    first, second = found["network_interfaces"].values()
    assert first == {
        "device_number": 0,
        "interface_id": "eni-0123456789abcdef0",
        "ipv4_associations": {"203.0.113.25": ["10.0.1.9"]},
        "ipv6_prefix": [],
        "ipv6s": ["2001:db8:0:1::9"],
        "owner_id": "111122223333",
        "private_hostname": on_ec2.PRIVATE_HOSTNAME,
        "private_ipv4s": ["10.0.1.9", "10.0.1.10"],
        "public_hostname": on_ec2.PUBLIC_HOSTNAME,
        "public_ipv4s": ["203.0.113.25"],
        "security_group_ids": ["sg-0123456789abcdef0"],
        "security_groups": ["web"],
        "subnet_id": "subnet-0123456789abcdef0",
        "subnet_ipv4_cidr_block": "10.0.1.0/24",
        "subnet_ipv6_cidr_blocks": ["2001:db8:0:1::/64"],
        "vpc_id": "vpc-0123456789abcdef0",
        "vpc_ipv4_cidr_block": "10.0.0.0/16",
        "vpc_ipv4_cidr_blocks": ["10.0.0.0/16"],
        "vpc_ipv6_cidr_blocks": ["2001:db8::/56"],
    }
    assert (second["public_hostname"], second["ipv6s"], second["public_ipv4s"]) == (None, [], [])
    assert len(asked_on_ec2.lines("imds")) > 40


def test_a_capture_asks_the_standard_address_without_being_told(
    ec2: Daemon, asked_on_ec2: Asked, tmp_path: Path
) -> None:
    captured = ec2.imds_sim("capture")
    assert captured.stdout.startswith("# Captured from http://169.254.169.254, IMDSv2.\n")
    assert captured.stderr == ""
    (tmp_path / "captured.yaml").write_text(captured.stdout)
    checked = ec2.imds_sim("check", str(tmp_path / "captured.yaml")).stdout
    assert checked.endswith("good: 1 role, 1 instance\n")
    assert "GET /latest/meta-data/instance-id" in asked_on_ec2.lines("imds")


# As the EC2 User Guide has one type them, but for the certificate, which is ours.
GUIDE = r"""
set -e
TOKEN=`curl -s -X PUT "http://169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600"`
curl -s -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/dynamic/instance-identity/document > plain
for form in pkcs7 rsa2048 dsa2048; do
  echo "-----BEGIN PKCS7-----" > $form
  curl -s -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/dynamic/instance-identity/$form >> $form
  echo "" >> $form
  echo "-----END PKCS7-----" >> $form
  imds_sim certificates $form > certificate
  openssl smime -verify -in $form -inform PEM -certfile certificate -noverify | tee document
  cmp plain document
done
curl -s -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/dynamic/instance-identity/signature | base64 -d > signature
imds_sim certificates signature > certificate
openssl x509 -pubkey -noout -in certificate > key
openssl dgst -sha256 -verify key -signature signature plain
"""  # noqa: E501


def test_the_commands_of_the_guide_verify_the_identity_document(
    ec2: Daemon, asked_on_ec2: Asked, tmp_path: Path
) -> None:
    for tool in ("curl", "openssl"):
        needs_command(tool, tool)
    script = f'imds_sim() {{ "{sys.executable}" -m imds_sim "$@"; }}\ncd "{tmp_path}"\n{GUIDE}'
    environment = {"IMDS_SIM_ADMIN": ec2.admin}
    done = ec2.run("bash", "-c", script, environment=environment)
    assert len(re.findall("(?i)verification successful", done.stderr)) == 3
    assert done.stdout.endswith("Verified OK\n")
    assert len(asked_on_ec2.lines("imds")) == 6
