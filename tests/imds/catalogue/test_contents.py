from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.imds.catalogue.contents import META_DATA_CATEGORIES
from imds_sim.imds.versions import LISTED
from imds_sim.workloads.instance import Instance
from tests.imds.client import Client

META_DATA_LINES = [
    "ami-id",
    "ami-launch-index",
    "ami-manifest-path",
    "block-device-mapping/",
    "events/",
    "hostname",
    "iam/",
    "identity-credentials/",
    "instance-action",
    "instance-id",
    "instance-life-cycle",
    "instance-type",
    "local-hostname",
    "local-ipv4",
    "mac",
    "metrics/",
    "network/",
    "placement/",
    "profile",
    "reservation-id",
    "security-groups",
    "services/",
    "system",
]


@pytest.mark.parametrize("target", ["/", "//", "http://169.254.169.254"])
def test_the_root_lists_the_versions(client: Client, target: str) -> None:
    assert client.lines(target) == list(LISTED)


@pytest.mark.parametrize("target", ["/latest", "/latest/", "/2024-04-11/", "/2009-04-04"])
def test_a_version_lists_its_directories_without_slash(client: Client, target: str) -> None:
    assert client.lines(target) == ["dynamic", "meta-data"]


def test_user_data_is_listed_where_it_is(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    client = client_of(replace(instance, user_data=b"x"))
    assert client.lines("/latest/") == ["dynamic", "meta-data", "user-data"]
    assert client.lines("/1.0/") == ["meta-data", "user-data"]


@pytest.mark.parametrize("target", ["/latest/meta-data", "/latest/meta-data/"])
def test_the_categories_of_an_instance_with_a_role(client: Client, target: str) -> None:
    assert client.lines(target) == META_DATA_LINES


def test_the_listing_is_that_of_the_recording(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    """Nitro, 2023, with a role and a public address, without a key pair: 25 lines, 312 bytes."""
    eth0 = replace(
        instance.interfaces[0],
        public_ipv4s=("203.0.113.25",),
        public_hostname="ec2-203-0-113-25.compute-1.amazonaws.com",
    )
    client = client_of(replace(instance, interfaces=(eth0,)))
    expected = sorted([*META_DATA_LINES, "public-hostname", "public-ipv4"])
    response = client.get("/latest/meta-data/")
    assert response.body == "\n".join(expected).encode()
    assert len(response.body) == 312
    assert len(expected) == 25


def test_the_categories_that_depend_on_the_instance(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    other = replace(instance, profile=None, public_keys={"mine": "ssh-ed25519 AAAA mine"})
    without_role = [line for line in META_DATA_LINES if line != "iam/"]
    assert client_of(other).lines("/latest/meta-data/") == sorted([*without_role, "public-keys/"])


@pytest.mark.parametrize(
    ("version", "has", "has_not"),
    [
        ("1.0", "instance-id", "instance-type"),
        ("2007-08-29", "instance-type", "block-device-mapping/"),
        ("2009-04-04", "placement/", "network/"),
        ("2011-01-01", "network/", "iam/"),
        ("2012-01-12", "iam/", "services/"),
        ("2018-03-28", "services/", "events/"),
        ("2018-09-24", "events/", "instance-life-cycle"),
        ("2021-07-15", "instance-life-cycle", "system"),
    ],
)
def test_categories_came_with_the_builds(
    client: Client, version: str, has: str, has_not: str
) -> None:
    lines = client.lines(f"/{version}/meta-data/")
    assert lines is not None
    assert has in lines
    assert has_not not in lines
    assert client.lines(f"/{version}/meta-data/{has_not}") is None
    assert client.lines(f"/{version}/meta-data/{has}") is not None


@pytest.mark.parametrize(
    "target",
    ["/2030-01-01/meta-data/", "/LATEST/", "/latest/Meta-Data/", "/latest/api/", "/meta-data/"],
)
def test_what_was_never_there_is_missing(client: Client, target: str) -> None:
    assert client.lines(target) is None


@pytest.mark.parametrize(
    "path",
    [
        "tags/instance",
        "spot/instance-action",
        "public-ipv4",
        "ipv6",
        "public-keys/",
        "managed-ssh-keys/",
        "events/recommendations/rebalance",
    ],
)
def test_what_the_instance_does_not_have_is_missing(client: Client, path: str) -> None:
    assert client.value(path) is None


def test_every_item_that_is_listed_can_be_read_with_and_without_slash(client: Client) -> None:
    waiting = ["/latest/dynamic/", "/latest/meta-data/"]
    values = 0
    while waiting:
        directory = waiting.pop()
        for line in client.lines(directory) or []:
            target = directory + line
            if line.endswith("/"):
                waiting.append(target)
                assert client.lines(target.rstrip("/")) == client.lines(target)
            else:
                values += 1
                response = client.get(target)
                assert response.status == 200
                assert client.get(f"{target}/").body == response.body
                assert not response.body.endswith(b"\n")
    assert values > 35


def test_no_category_hides_another() -> None:
    names = [name for category in META_DATA_CATEGORIES for name in category]
    assert len(names) == len(set(names))
