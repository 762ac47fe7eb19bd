"""Whatever is put under known keys: taken, or refused in words."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from imds_sim.config.build import build_world
from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.load import parse_config
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.section import Section, section_at
from imds_sim.iam.generations import Generations
from imds_sim.kernel.identifiers import Identifiers

WORDS = (
    "web|web-1|alice|none|auto|enabled|required|xen|15m|1h|12h|6h35m|0|us-east-1|us-east-1a|/|/a/|"
    "127.0.0.1:1338|0.0.0.0:80|[::1]:80|unix:/x|fd:x|10.0.0.1|10.0.0.0/8|::1|111122223333|t4g.nano|"
    "i-01234567|ami-01234567|AKIAIOSFODNN7EXAMPLE|sts:AssumeRole|Allow|ec2.amazonaws.com|*|"
    "ssh-rsa AAAA|AAAA|.|\0|é|" + "x" * 200
).split("|")
LEAVES = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(("web", "web-1", "alice", "a.b", "", "[key]", "x y"))


def sections(section: type[Section]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings of the keys that `section` knows, and any other."""
    known = {key: LEAVES | ANYTHING | lists_or(section, key) for key in section.fields_by_key()}
    return st.fixed_dictionaries({}, optional={**known, "stranger": ANYTHING})


def lists_or(section: type[Section], key: str) -> st.SearchStrategy[Any]:
    inner = section_at(section, (key,))
    if inner is not None:
        return sections(inner)
    entries = section_at(section, (key, "name"))
    if entries is not None:
        return st.dictionaries(NAMES, sections(entries), max_size=3) | st.lists(
            sections(entries), max_size=2
        )
    return st.lists(LEAVES, max_size=3)


MAPPINGS = sections(Configuration)


def refusal_of(document: str | dict[str, Any]) -> ConfigInvalid | None:
    """None if the document makes a world; any other exception is a bug."""
    try:
        configuration = parse_config(document)
    except ConfigInvalid as invalid:
        return invalid
    build_world(
        configuration, Identifiers(b"k" * 32), Generations(), datetime(2026, 1, 1, tzinfo=UTC)
    )
    return None


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(MAPPINGS)
def test_any_mapping_of_known_keys_is_taken_or_refused_in_words(mapping: dict[str, Any]) -> None:
    invalid = refusal_of(mapping)
    if invalid is not None:
        assert invalid.errors
        assert all(error.message for error in invalid.errors)
        for jargon in ("pydantic", "Input should", "Value error", "NoneType"):
            assert jargon not in str(invalid)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(MAPPINGS)
def test_the_same_mapping_written_as_yaml_points_at_lines(mapping: dict[str, Any]) -> None:
    text = yaml.safe_dump(mapping)
    invalid = refusal_of(text)
    if invalid is not None:
        lines = text.count("\n") + 1
        places = [(error.line or 0, error.column or 0) for error in invalid.errors]
        assert all(1 <= line <= lines and column >= 1 for line, column in places)
        assert places == sorted(places)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:{}[]&*!|>-?'\"#%@`,~<\n\t \x07é0", max_size=40))
def test_any_text_is_taken_or_refused_in_words(text: str) -> None:
    invalid = refusal_of(text)
    assert invalid is None or invalid.errors
