"""The samples: each loads, and the full one leaves no key out."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imds_sim.config.build import build_world
from imds_sim.config.load import load_config
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.section import Section, section_at
from imds_sim.config.yaml_document import read_yaml
from imds_sim.iam.generations import Generations
from imds_sim.kernel.identifiers import Identifiers

SAMPLES = Path(__file__).parents[2] / "configs"


def keys_known(section: type[Section], prefix: str = "") -> Iterator[str]:
    """Every key that the schema has; names of entries are `*`."""
    for key in section.fields_by_key():
        yield prefix + key
        inner, entries = section_at(section, (key,)), section_at(section, (key, "name"))
        if inner is not None:
            yield from keys_known(inner, f"{prefix}{key}.")
        elif entries is not None:
            yield from keys_known(entries, f"{prefix}{key}.*.")


def keys_used(data: object, section: type[Section], prefix: str = "") -> Iterator[str]:
    assert isinstance(data, dict)
    for key, value in data.items():
        yield prefix + key
        inner, entries = section_at(section, (key,)), section_at(section, (key, "name"))
        if inner is not None:
            yield from keys_used(value, inner, f"{prefix}{key}.")
        elif entries is not None:
            for entry in value.values() if isinstance(value, dict) else value:
                yield from keys_used(entry, entries, f"{prefix}{key}.*.")


def test_every_yaml_file_is_one_of_these() -> None:
    assert {file.name for file in SAMPLES.glob("*.yaml")} == {"minimal.yaml", "full.yaml"}


@pytest.mark.parametrize("name", ["minimal", "full"])
def test_a_sample_makes_a_world(name: str) -> None:
    configuration = load_config(SAMPLES / f"{name}.yaml")
    world = build_world(
        configuration, Identifiers(b"k" * 32), Generations(), datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert world.resolver.workloads
    expected = ("can read the", "every user can read", "listen.generic is off")
    unexpected = [
        w for w in configuration.warnings if not any(each in w.message for each in expected)
    ]
    assert unexpected == []


def test_the_minimal_sample_is_what_serve_uses_without_a_file() -> None:
    assert load_config(SAMPLES / "minimal.yaml") == load_config()


def test_the_full_sample_has_every_key() -> None:
    known = set(keys_known(Configuration))
    used = set(keys_used(read_yaml((SAMPLES / "full.yaml").read_text()).data, Configuration))
    assert len(known) > 50
    assert sorted(known - used) == []


def test_what_the_full_sample_shows_as_defaults_are_the_defaults() -> None:
    """Lines without `e.g.` in their comment say what holds without them."""
    shown, default = load_config(SAMPLES / "full.yaml"), Configuration()
    for key in ("account", "region", "listen", "allow_public_bind", "drain_timeout"):
        assert getattr(shown, key) == getattr(default, key), key
    for key in ("credentials", "sts", "journal", "audit", "log"):
        assert getattr(shown, key) == getattr(default, key), key


def test_samples_explain_themselves_and_name_no_machine() -> None:
    for file in SAMPLES.glob("*.yaml"):
        text = file.read_text()
        assert text.startswith("# ")
        assert "/home/" not in text
