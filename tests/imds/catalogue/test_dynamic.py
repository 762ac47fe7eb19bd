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


def test_the_signed_forms_stand_beside_it_in_the_order_of_the_guide(client: Client) -> None:
    expected = ["rsa2048", "pkcs7", "document", "signature", "dsa2048"]
    assert client.lines("/latest/dynamic/instance-identity/") == expected
    assert client.lines("/2009-04-04/dynamic/instance-identity") == expected
    assert client.lines("/2008-09-01/dynamic/instance-identity") is None
