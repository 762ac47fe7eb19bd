from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.workloads.instance import Instance, MetadataOptions
from tests.imds.client import Client


@pytest.fixture
def tagged(instance: Instance) -> Instance:
    tags = {"b": "2", "Name": "web server\n", "a:=+,@_.-": "é", "empty": ""}
    return replace(instance, options=MetadataOptions(instance_tags_enabled=True), tags=tags)


def test_tags_are_listed_by_key_and_read_raw(
    client_of: Callable[[Instance], Client], tagged: Instance
) -> None:
    client = client_of(tagged)
    assert "tags/" in (client.value("") or "").split("\n")
    assert client.value("tags/") == client.value("tags") == "instance/"
    listing = "Name\na:=+,@_.-\nb\nempty"
    assert client.value("tags/instance/") == client.value("tags/instance") == listing
    assert client.value("tags/instance/Name") == "web server\n"
    assert client.value("tags/instance/a:=+,@_.-") == "é"
    assert client.value("tags/instance/a%3A%3D%2B,%40_.-") == "é"
    assert client.value("tags/instance/empty") == ""
    assert client.value("tags/instance/name") is None


@pytest.mark.parametrize(
    ("enabled", "tags"),
    [pytest.param(False, {"a": "b"}, id="not enabled"), pytest.param(True, {}, id="no tags")],
)
def test_without_tags_to_show_there_is_no_subtree(
    client_of: Callable[[Instance], Client],
    instance: Instance,
    enabled: bool,
    tags: dict[str, str],
) -> None:
    options = MetadataOptions(instance_tags_enabled=enabled)
    client = client_of(replace(instance, options=options, tags=tags))
    assert "tags/" not in (client.value("") or "").split("\n")
    assert [client.value(path) for path in ("tags/", "tags/instance", "tags/instance/a")] == [
        None,
        None,
        None,
    ]


def test_tags_came_with_the_build_of_march_2021(
    client_of: Callable[[Instance], Client], tagged: Instance
) -> None:
    client = client_of(tagged)
    assert client.lines("/2021-03-23/meta-data/tags/") == ["instance/"]
    assert client.lines("/2021-01-03/meta-data/tags/") is None
