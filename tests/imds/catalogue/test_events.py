from tests.imds.client import Client


def test_without_maintenance_the_lists_are_empty(client: Client) -> None:
    assert client.value("events/") == "maintenance/"
    assert client.value("events/maintenance/") == "history\nscheduled"
    assert client.value("events/maintenance/history") == "[]"
    assert client.value("events/maintenance/scheduled") == "[]"
