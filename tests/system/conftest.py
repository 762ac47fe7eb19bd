import os
from pathlib import Path

import pytest

from tests.system.machine import built


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Debian machine that has this checkout and boto3 installed, but no unit of ours yet."""
    kept = os.environ.get("IMDS_SIM_TEST_BUILDS")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("machine")
    folder.mkdir(parents=True, exist_ok=True)
    return built(folder)
