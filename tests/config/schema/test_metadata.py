import pytest
from pydantic import TypeAdapter, ValidationError

from imds_sim.config.schema.metadata import MAX_PATH, MetadataPath, tree_path

PATH: TypeAdapter[str] = TypeAdapter(MetadataPath)


@pytest.mark.parametrize(
    "path",
    [
        "ami-id",
        "a/b",
        "network/interfaces/macs/02:0a/x",
        "tags/instance/a=b",
        "...",
        "a" * MAX_PATH,
    ],
)
def test_a_path_has_names_with_slashes_between(path: str) -> None:
    assert PATH.validate_python(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "/a", "a/", "a//b", ".", "a/../b", "a/.", "a b", "a?b", "a%41", "a#", "\xe9", "a\n"),
        *("user-data", "a" * (MAX_PATH + 1)),
    ],
)
def test_what_no_request_could_ask_for_is_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        PATH.validate_python(path)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("ami-id", "meta-data/ami-id"),
        ("dynamic/x", "dynamic/x"),
        ("dynamics", "meta-data/dynamics"),
    ],
)
def test_a_path_is_below_meta_data_unless_it_says_dynamic(path: str, place: str) -> None:
    assert tree_path(path) == place
