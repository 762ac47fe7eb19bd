"""One engine with the image for all tests of containers; it is built once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.containers.engine import Engine, engine, missing
from tests.system.containers.image import build
from tests.system.machine import built


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Debian with boto3 in /opt/imds-sim: base of the image, and the application's."""
    if (reason := missing()) is not None:
        pytest.skip(reason)
    kept = os.environ.get("IMDS_SIM_TEST_BUILDS")
    return built(Path(kept).absolute() if kept else tmp_path_factory.mktemp("debian"))


@pytest.fixture(scope="session")
def containers(debian: Path) -> Iterator[Engine]:
    """An engine that has the image."""
    with engine(debian.parent / "containers") as made:
        build(made, debian)
        yield made
