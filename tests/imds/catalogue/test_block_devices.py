from tests.imds.client import Client


def test_the_image_and_the_root_are_on_one_device(client: Client) -> None:
    assert client.value("block-device-mapping/") == "ami\nroot"
    assert client.value("block-device-mapping/ami") == "/dev/xvda"
    assert client.value("block-device-mapping/root") == "/dev/xvda"
