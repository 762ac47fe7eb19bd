import pytest

from imds_sim.imds.identity import identity_document
from tests.imds.client import Client


def test_dynamic_is_monitoring_and_identity(client: Client) -> None:
    assert client.lines("/latest/dynamic/") == ["fws/", "instance-identity/"]
    assert client.lines("/latest/dynamic/fws/") == ["instance-monitoring"]
    assert client.lines("/latest/dynamic/fws/instance-monitoring") == ["disabled"]


def test_the_identity_document_is_text_with_and_without_slash(client: Client) -> None:
    for target in ("document", "document/"):
        response = client.get(f"/latest/dynamic/instance-identity/{target}")
        assert response.body == identity_document(client.instance)
        assert ("Content-Type", "text/plain") in response.headers


@pytest.mark.parametrize("name", ["signature", "pkcs7", "rsa2048", "dsa2048"])
def test_there_are_no_signatures(client: Client, name: str) -> None:
    assert client.lines("/latest/dynamic/instance-identity/") == ["document"]
    assert client.lines(f"/latest/dynamic/instance-identity/{name}") is None
