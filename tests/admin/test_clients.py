import json
from dataclasses import replace
from typing import Any

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.workloads.hops import HopLimit, HopMode
from tests.admin_backend import FakeBackend
from tests.worlds import ISSUED_AT


def asked(
    backend: FakeBackend,
    peer: str = "172.30.0.9",
    hops: int | None = 2,
    surface: Surface = Surface.IMDS,
    workload: str | None = "web-1",
) -> None:
    local = "169.254.169.254" if peer else ""
    backend.core.clients.asked(
        Connection(surface, None, peer, 40000, local, 80, hops),
        at=ISSUED_AT,
        workload=workload,
        user_agent="curl/8",
        imds_version=1,
        token_lost=False,
    )


def clients(api: AdminApi) -> list[dict[str, Any]]:
    reply = api.handle("GET", "/v1/clients", {})
    assert reply.status == 200
    listed: list[dict[str, Any]] = json.loads(json.dumps(reply.document))["clients"]
    return listed


def test_a_client_is_shown_with_everything_that_is_known(
    api: AdminApi, backend: FakeBackend
) -> None:
    assert clients(api) == []
    asked(backend)
    assert clients(api) == [
        {
            "client": "172.30.0.9",
            "hops": 2,
            "surfaces": ["imds"],
            "workloads": ["web-1"],
            "user_agent": "curl/8",
            "first_seen": "2026-01-02T03:04:05Z",
            "last_seen": "2026-01-02T03:04:05Z",
            "requests": 1,
            "imdsv1_requests": 1,
            "tokens_lost": 0,
            "out_of_reach": [{"instance": "web-1", "hop_limit": 2, "needed": 3}],
        }
    ]


@pytest.mark.parametrize(
    ("mode", "peer", "hops", "surface", "workload", "out_of_reach"),
    [
        pytest.param("wire", "172.30.0.9", 1, "imds", "web-1", False, id="near enough"),
        pytest.param("wire", "172.30.0.9", 2, "imds", "web-1", True, id="too far"),
        pytest.param("wire", "172.30.0.9", None, "imds", "web-1", False, id="who knows"),
        pytest.param("virtual", "172.30.0.9", 1, "imds", "web-1", True, id="virtually too far"),
        pytest.param("off", "172.30.0.9", 2, "imds", "web-1", False, id="nobody counts"),
        pytest.param("wire", "172.30.0.9", 2, "sts", None, False, id="asked for no token"),
        pytest.param("wire", "172.30.0.9", 2, "imds", "gone", False, id="the instance is gone"),
        pytest.param("wire", "", None, "imds", "web-1", False, id="a unix socket"),
    ],
)
def test_an_instance_is_out_of_reach_as_its_options_and_the_mode_are_now(
    api: AdminApi,
    backend: FakeBackend,
    mode: str,
    peer: str,
    hops: int | None,
    surface: str,
    workload: str | None,
    out_of_reach: bool,
) -> None:
    backend.core.world = replace(backend.core.world, hop_limit=HopLimit(HopMode(mode)))
    asked(backend, peer, hops, Surface(surface), workload)
    [client] = clients(api)
    assert client["client"] == (peer or None)
    assert bool(client["out_of_reach"]) is out_of_reach


def test_a_greater_limit_brings_the_instance_back_into_reach(
    api: AdminApi, backend: FakeBackend
) -> None:
    asked(backend)
    body = b'{"http_put_response_hop_limit": 3}'
    path = "/v1/instances/web-1/metadata-options"
    assert api.handle("PATCH", path, {}, body).status == 200
    assert clients(api)[0]["out_of_reach"] == []
