import os
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from imds_sim.server.this_process import own_default_session, patched_environ

VARIABLES = {"AWS_SHARED_CREDENTIALS_FILE": "/tmp/empty", "AWS_REGION": "us-east-1"}


@pytest.fixture(autouse=True)
def real_region(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # pytest itself changes it, and takes it away
    before = dict(os.environ)
    yield
    del os.environ["PYTEST_CURRENT_TEST"]
    assert dict(os.environ) == before


@pytest.fixture
def boto3(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("boto3")
    monkeypatch.setitem(sys.modules, "boto3", module)
    return module


def test_what_was_changed_inside_is_as_before_too() -> None:
    with patched_environ(VARIABLES):
        assert os.environ["AWS_REGION"] == "us-east-1"
        os.environ |= {"AWS_REGION": "us-west-2", "AWS_PROFILE": "mine", "OTHER": "1"}
        del os.environ["PATH"]


def test_so_it_is_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), patched_environ(VARIABLES):
        raise ZeroDivisionError


def test_the_default_session_of_boto3_is_another_one_inside(boto3: ModuleType) -> None:
    vars(boto3)["DEFAULT_SESSION"] = "of before"
    with patched_environ(VARIABLES):
        assert vars(boto3)["DEFAULT_SESSION"] is None
        vars(boto3)["DEFAULT_SESSION"] = "of inside"
    assert vars(boto3)["DEFAULT_SESSION"] == "of before"


def test_that_of_a_boto3_that_was_first_imported_inside_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "boto3", raising=False)
    module = ModuleType("boto3")
    with own_default_session():
        vars(module)["DEFAULT_SESSION"] = "of inside"
        monkeypatch.setitem(sys.modules, "boto3", module)
    assert vars(module)["DEFAULT_SESSION"] is None
