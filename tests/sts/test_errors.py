import pytest

from imds_sim.sts.errors import (
    AccessDenied,
    ApiError,
    Fault,
    InternalFailure,
    InvalidAction,
    MalformedInput,
    ServiceUnavailable,
    ValidationError,
)


def test_one_violation_is_an_error_and_two_are_errors() -> None:
    assert ValidationError.of(["a"]).message == "1 validation error detected: a"
    assert ValidationError.of(["a", "b"]).message == "2 validation errors detected: a; b"


@pytest.mark.parametrize(
    ("action", "version", "message"),
    [
        ("X", "2011-06-15", "Could not find operation X for version 2011-06-15"),
        ("X", None, "Could not find operation X for version NO_VERSION_SPECIFIED"),
        ("X", "", "Could not find operation X for version "),
        ("", "1", "Could not find operation  for version 1"),
    ],
)
def test_an_unknown_operation_is_named_with_its_version(
    action: str, version: str | None, message: str
) -> None:
    assert InvalidAction.of(action, version).message == message


def test_a_denial_keeps_its_reason_from_the_client() -> None:
    error = AccessDenied.of("arn:a", "sts:AssumeRole", "arn:b", "statement 0 denies it")
    assert error.message == (
        "User: arn:a is not authorized to perform: sts:AssumeRole on resource: arn:b"
    )
    assert error.detail == "statement 0 denies it"


def test_an_error_without_message_is_known_by_its_code() -> None:
    assert str(MalformedInput(None)) == "MalformedInput"


def test_only_our_own_failures_are_the_receiver_s_fault() -> None:
    receivers = [each for each in ApiError.__subclasses__() if each.fault is Fault.RECEIVER]
    assert receivers == [InternalFailure, ServiceUnavailable]
