from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.workloads.instance import Instance
from tests.imds.client import Client


@pytest.mark.parametrize(
    "target", ["/latest/user-data", "/latest/user-data/", "/2009-04-04/user-data", "/1.0/user-data"]
)
def test_user_data_is_the_raw_bytes(
    client_of: Callable[[Instance], Client], instance: Instance, target: str
) -> None:
    response = client_of(replace(instance, user_data=b"#!\x00\xff\n")).get(target)
    assert response.body == b"#!\x00\xff\n"
    assert ("Content-Type", "application/octet-stream") in response.headers


def test_without_user_data_there_is_none(client: Client) -> None:
    response = client.get("/latest/user-data")
    assert response.status == 404
    assert ("Content-Type", "text/html") in response.headers
