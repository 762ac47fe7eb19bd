from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imds_sim.config.build import build_world
from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.load import parse_config
from imds_sim.iam.generations import Generations
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.simulator.world import World

Refusal = Callable[[str], list[str]]
WorldOf = Callable[..., World]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """The lines with which a text is refused, without the name of the file; none if it is taken."""

    def lines(text: str) -> list[str]:
        try:
            parse_config(text, "f", tmp_path)
        except ConfigInvalid as invalid:
            return [line.removeprefix("f:") for line in str(invalid).splitlines()]
        return []

    return lines


@pytest.fixture
def world_of() -> WorldOf:
    """Builds the world of a text, always with the same state key."""

    def build(text: str, generations: Generations | None = None, key: bytes = b"k" * 32) -> World:
        return build_world(
            parse_config(text, "f"),
            Identifiers(key),
            generations or Generations(),
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        )

    return build
