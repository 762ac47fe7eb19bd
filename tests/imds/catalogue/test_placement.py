from collections.abc import Callable
from dataclasses import replace

from imds_sim.workloads.instance import Instance, Placement
from tests.imds.client import Client


def test_placement_is_region_and_zone(client: Client) -> None:
    assert client.value("placement") == "availability-zone\navailability-zone-id\nregion"
    assert client.value("placement/availability-zone") == "us-east-1a"
    assert client.value("placement/availability-zone/") == "us-east-1a"
    assert client.value("placement/availability-zone-id") == "use1-az1"
    assert client.value("placement/region") == "us-east-1"


def test_the_region_came_with_the_build_after_its_date(client: Client) -> None:
    assert client.lines("/2019-10-01/meta-data/placement/region") is None
    assert client.lines("/2020-10-27/meta-data/placement/region") == ["us-east-1"]


def test_a_placement_group_and_a_host_are_told(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    client = client_of(replace(instance, placement=Placement("racks", "h-0da999999f9999fb9", 3)))
    assert (client.value("placement/") or "").split("\n") == [
        "availability-zone",
        "availability-zone-id",
        "group-name",
        "host-id",
        "partition-number",
        "region",
    ]
    assert client.value("placement/group-name") == "racks"
    assert client.value("placement/host-id") == "h-0da999999f9999fb9"
    assert client.value("placement/partition-number") == "3"
