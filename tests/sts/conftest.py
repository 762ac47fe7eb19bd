import pytest

from tests.sts.scene import Sts


@pytest.fixture
def sts() -> Sts:
    return Sts()
