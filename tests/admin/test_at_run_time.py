import json
from dataclasses import dataclass
from typing import cast

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.admin.backend import AdminBackend
from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.core import Core
from imds_sim.simulator.endpoints import Endpoints
from tests.simulator.scenes import scene_of

WORLD = """
roles: {shop: {}, resize: {}}
pods: {cart-0: {role: shop, cluster: east, namespace: store, service_account: cart}}
functions: {thumbs: {role: resize, snap_start: true}}
"""


@dataclass
class Served:
    core: Core
    ticks: int = 0

    def endpoints(self) -> Endpoints:
        urls = {surface: (f"http://127.0.0.1:{4000 + at}",) for at, surface in enumerate(Surface)}
        return Endpoints(urls, pods="/run/imds-sim/pods")

    def tick(self) -> None:
        self.ticks += 1


@pytest.fixture
def served() -> Served:
    return Served(scene_of(WORLD).core)


@pytest.fixture
def api(served: Served) -> AdminApi:
    return AdminApi(cast(AdminBackend, served))


def start(api: AdminApi, kind: str, **keys: object) -> tuple[int, dict[str, object]]:
    reply = api.handle("POST", f"/v1/{kind}", {}, json.dumps(keys).encode())
    return reply.status, reply.document


def kinds(served: Served) -> dict[str, str]:
    return {each.name: each.kind for each in served.core.world.resolver.workloads.values()}


def test_a_function_comes_with_its_environment_and_goes(api: AdminApi, served: Served) -> None:
    status, document = start(api, "functions", name="resize", role="resize", snap_start=True)
    assert (status, document["as"], document["kind"]) == (200, "resize", "function")
    assert kinds(served)["resize"] == "function"
    assert api.handle("DELETE", "/v1/functions", {"as": "resize"}).status == 200
    assert "resize" not in kinds(served)


def test_a_pod_comes_into_a_cluster_of_the_file_and_goes(api: AdminApi, served: Served) -> None:
    status, document = start(api, "pods", name="cart-1", role="shop", cluster="east")
    assert (status, document["kind"], served.ticks) == (200, "pod", 1)
    assert api.handle("DELETE", "/v1/pods", {"as": "cart-1"}).status == 200
    assert kinds(served) == {"cart-0": "pod", "thumbs": "function"}


@pytest.mark.parametrize(
    ("kind", "keys", "status", "told"),
    [
        pytest.param(
            "pods", {"role": "shop", "cluster": "west"}, 400, "it has some in: east",
            id="a cluster that the file has no pods in",
        ),
        pytest.param("pods", {"role": "nobody"}, 400, "no role", id="a role that is not there"),
        pytest.param("functions", {"rol": "shop"}, 400, "did you mean role", id="a typo"),
        pytest.param(
            "functions", {"role": "resize", "name": "thumbs"}, 409, "named 'thumbs' already",
            id="a name that is taken",
        ),
    ],
)  # fmt: skip
def test_what_the_file_could_not_have_is_refused_in_plain_words(
    api: AdminApi,
    served: Served,
    kind: str,
    keys: dict[str, object],
    status: int,
    told: str,
) -> None:
    found, document = start(api, kind, **{"name": "new", **keys})
    assert found == status
    assert told in json.dumps(document)
    assert kinds(served) == {"cart-0": "pod", "thumbs": "function"}


def test_one_kind_is_not_stopped_as_another(api: AdminApi) -> None:
    reply = api.handle("DELETE", "/v1/tasks", {"as": "thumbs"})
    assert reply.status == 404
    assert "is a function, not a task" in json.dumps(reply.document)
