import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.simulator.overlay import named_instance
from imds_sim.workloads.instance import Instance, MetadataOptions
from tests.admin_backend import FakeBackend, fake_backend
from tests.worlds import world_of

OPTIONS = "/v1/instances/web-1/metadata-options"
TAGS = "/v1/instances/web-1/tags"


def patch(api: AdminApi, path: str, **document: object) -> tuple[int, dict[str, object]]:
    reply = api.handle("PATCH", path, {}, json.dumps(document).encode())
    return reply.status, reply.document


def test_options_are_shown_and_changed_in_the_words_of_the_file(
    api: AdminApi, backend: FakeBackend
) -> None:
    before = api.handle("GET", OPTIONS, {}).document
    assert before["http_tokens"] == "required"
    changed = {**before, "http_tokens": "optional"}
    assert patch(api, OPTIONS, http_tokens="optional") == (200, changed)
    assert not named_instance(backend.core.world, "web-1").options.http_tokens_required
    status = api.handle("GET", "/v1/status", {}).document
    assert status["overlay"] == [
        {"workload": "web-1", "key": "metadata_options.http_tokens", "value": "optional"}
    ]


def test_every_option_can_be_set_to_what_it_is(api: AdminApi) -> None:
    shown = api.handle("GET", OPTIONS, {}).document
    assert patch(api, OPTIONS, **shown) == (200, shown)


@pytest.mark.parametrize(
    ("path", "document", "status"),
    [
        (OPTIONS, {"http_tokens": "maybe"}, 400),
        (OPTIONS, {"http_tokens": True}, 400),
        (OPTIONS, {"tokens": "optional"}, 400),
        ("/v1/instances/api/metadata-options", {}, 404),
        ("/v1/instances/none/metadata-options", {}, 404),
        ("/v1/instances/web-1/nothing", {}, 404),
        (TAGS, {"Name": 1}, 400),
        (TAGS, {"": "x"}, 400),
        (TAGS, {"k" * 128: "v" * 256}, 200),
        (TAGS, {"k" * 129: "x"}, 400),
        (TAGS, {"k": "v" * 257}, 400),
        (TAGS, {str(number): "" for number in range(50)}, 200),
        (TAGS, {str(number): "" for number in range(51)}, 400),
    ],
)
def test_what_is_wrong_changes_nothing(
    api: AdminApi, backend: FakeBackend, path: str, document: dict[str, object], status: int
) -> None:
    assert patch(api, path, **document)[0] == status
    if status != 200:
        assert not backend.core.overlay


def test_tags_come_and_go(api: AdminApi) -> None:
    assert patch(api, TAGS, stage="test", Name="x") == (
        200,
        {"tags": {"stage": "test", "Name": "x"}},
    )
    assert patch(api, TAGS, stage=None) == (200, {"tags": {"Name": "x"}})


@pytest.mark.parametrize(("key", "status"), [("a.b", 200), ("a b", 400), ("_index", 400)])
def test_tags_that_are_shown_can_be_names_in_a_path(
    make_instance: Callable[..., Instance], key: str, status: int
) -> None:
    hidden = make_instance("web-1", tags={key: "x"})
    api = AdminApi(fake_backend(world_of(hidden)))
    assert patch(api, OPTIONS, instance_metadata_tags="enabled")[0] == status
    shown = replace(hidden, tags={}, options=MetadataOptions(instance_tags_enabled=True))
    assert patch(AdminApi(fake_backend(world_of(shown))), TAGS, **{key: "x"})[0] == status


def test_a_wrong_method_names_those_there_are(api: AdminApi) -> None:
    assert set(api.handle("DELETE", OPTIONS, {}).allow) == {"GET", "PATCH"}
