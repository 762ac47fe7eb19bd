from tests.imds.client import Client


def test_of_vhostmd_the_declaration_is_left(client: Client) -> None:
    assert client.value("metrics/") == "vhostmd"
    assert client.value("metrics/vhostmd") == '<?xml version="1.0" encoding="UTF-8"?>'
