import pytest

from tests.imds.client import Client


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ami-id", "ami-0a"),
        ("ami-launch-index", "0"),
        ("ami-manifest-path", "(unknown)"),
        ("instance-action", "none"),
        ("instance-id", "i-web-1"),
        ("instance-id/", "i-web-1"),
        ("instance-life-cycle", "on-demand"),
        ("instance-type", "m7g.large"),
        ("profile", "default-hvm"),
        ("reservation-id", "r-0a"),
        ("system", "nitro"),
    ],
)
def test_an_instance_tells_what_it_is(client: Client, path: str, value: str) -> None:
    assert client.value(path) == value
