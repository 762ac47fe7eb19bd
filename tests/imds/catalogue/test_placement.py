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
