"""`metadata:` in the file sets or removes any leaf, and every listing above agrees."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.imds.overrides import Overrides
from imds_sim.imds.tree import Content, Directory, Each, text
from imds_sim.workloads.instance import Instance, MetadataOptions
from tests.imds.client import Client

ClientOf = Callable[[Instance], Client]


@pytest.fixture
def overridden(client_of: ClientOf, instance: Instance) -> Callable[..., Client]:
    """An instance with leaves below meta-data/ set or removed."""

    def make(**metadata: str | None) -> Client:
        paths = {f"meta-data/{path}": value for path, value in metadata.items()}
        return client_of(replace(instance, metadata=paths))

    return make


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("ami-id", "ami-1", id="a leaf there is"),
        pytest.param("product-codes", "code", id="a leaf there is not"),
        pytest.param("new/below/leaf", "", id="in directories of its own, empty"),
        pytest.param("network/interfaces/macs/02:29:96:8f:6a:2d/vpc-id", "vpc-1", id="of a thing"),
    ],
)
def test_a_leaf_is_set_and_listed_all_the_way_up(
    overridden: Callable[..., Client], client: Client, path: str, value: str
) -> None:
    changed = overridden(**{path: value})
    assert changed.value(path) == changed.value(f"{path}/") == value
    *above, leaf = path.split("/")
    for depth in range(len(above) + 1):
        listing = changed.lines("/latest/meta-data/" + "/".join(above[:depth]))
        line = f"{above[depth]}/" if depth < len(above) else leaf
        assert listing is not None
        assert listing.count(line) == 1
        assert listing == sorted(listing)
    assert changed.value(f"{path}/deeper") is None
    assert changed.value("instance-type") == client.value("instance-type")


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        pytest.param("ami-id", "ami-id", id="a leaf"),
        pytest.param("services", "services/", id="a directory"),
        pytest.param("metrics/vhostmd", "metrics/", id="the last leaf of a directory"),
    ],
)
def test_what_is_removed_is_nowhere(
    overridden: Callable[..., Client], client: Client, path: str, gone: str
) -> None:
    changed = overridden(**{path: None})
    assert changed.value(path) is None
    before, after = client.lines("/latest/meta-data/"), changed.lines("/latest/meta-data/")
    assert before is not None
    assert after == [line for line in before if line != gone]
    assert changed.value(f"{gone}anything") is None


def test_a_leaf_keeps_the_build_that_brought_it(overridden: Callable[..., Client]) -> None:
    changed = overridden(mac="02:00:00:00:00:01", mine="always")
    for version, mac in (("2009-04-04", None), ("2011-01-01", "02:00:00:00:00:01")):
        response = changed.get(f"/{version}/meta-data/mac")
        assert (response.body.decode() if response.status == 200 else None) == mac
        listing = changed.lines(f"/{version}/meta-data/")
        assert listing is not None
        assert ("mac" in listing) is (mac is not None)
        assert "mine" in listing


def test_dynamic_leaves_are_set_too(client_of: ClientOf, instance: Instance) -> None:
    metadata = {"dynamic/fws/instance-monitoring": "enabled", "dynamic/instance-identity": None}
    changed = client_of(replace(instance, metadata=metadata))
    assert changed.get("/latest/dynamic/fws/instance-monitoring").body == b"enabled"
    assert changed.lines("/latest/dynamic/") == ["fws/"]
    assert changed.lines("/latest/") == ["dynamic", "meta-data"]


def test_a_key_pair_is_removed_by_its_index(client_of: ClientOf, instance: Instance) -> None:
    keys = {"a": "ssh-rsa A a", "b": "ssh-rsa B b"}
    metadata = {"meta-data/public-keys/0": None}
    changed = client_of(replace(instance, public_keys=keys, metadata=metadata))
    assert changed.lines("/latest/meta-data/public-keys/") == ["1=b"]
    assert changed.value("public-keys/1/openssh-key") == "ssh-rsa B b\n"


def test_tags_with_slashless_equals_are_not_mistaken(
    client_of: ClientOf, instance: Instance
) -> None:
    options = MetadataOptions(instance_tags_enabled=True)
    metadata = {"meta-data/tags/instance/a=b": None}
    tagged = replace(instance, tags={"a": "1", "a=b": "2"}, options=options, metadata=metadata)
    assert client_of(tagged).lines("/latest/meta-data/tags/instance") == ["a"]


def test_a_leaf_above_a_set_path_stays_a_leaf() -> None:
    tree: Directory[str] = Directory(
        {"a": text(lambda subject: subject), "b": Each(lambda _: {"x": "y"}, text(lambda y: y))}
    )
    overrides = Overrides.of({"a/b": "new", "b/x": None})
    assert overrides.find(tree, "old", ("a",), "1.0") == Content(b"old")
    assert overrides.find(tree, "old", ("a", "b"), "1.0") == Content(b"new")
    assert overrides.find(tree, "old", ("b",), "1.0") is None
