from datetime import timedelta
from urllib.parse import urlencode

import pytest

from imds_sim.sts.errors import MalformedInput, ValidationError
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.query_api.parameters import Parameters
from imds_sim.sts.query_api.shapes import NOT_SUPPORTED_YET, read_assume_role

ARN = "arn:aws:iam::111122223333:role/web"


def given(**parameters: str) -> Parameters:
    """The required parameters and others."""
    return Parameters.of(urlencode({"RoleArn": ARN, "RoleSessionName": "s1", **parameters}))


def test_what_is_left_out_has_its_default() -> None:
    assert read_assume_role(given()) == AssumeRoleRequest(ARN, "s1", timedelta(hours=1))


def test_what_is_given_is_read() -> None:
    parameters = given(DurationSeconds="+0900", ExternalId="x1", Unknown="x")
    assert read_assume_role(parameters) == AssumeRoleRequest(ARN, "s1", timedelta(minutes=15), "x1")


def test_a_number_is_read_before_anything_is_judged() -> None:
    with pytest.raises(MalformedInput):
        read_assume_role(Parameters.of("DurationSeconds=900.0"))


def test_all_violations_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        read_assume_role(Parameters.of("RoleSessionName=&DurationSeconds=-1"))
    assert refused.value.message == (
        "3 validation errors detected: "
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null; "
        "Value '' at 'roleSessionName' failed to satisfy constraint: Member must have length "
        "greater than or equal to 2; "
        "Value '-1' at 'durationSeconds' failed to satisfy constraint: Member must have value "
        "greater than or equal to 900"
    )


@pytest.mark.parametrize("seconds", ["2147483647", "-2147483648"])
def test_any_integer_reaches_the_range(seconds: str) -> None:
    with pytest.raises(ValidationError, match=f"Value '{seconds}' at 'durationSeconds'"):
        read_assume_role(given(DurationSeconds=seconds))


@pytest.mark.parametrize("member", NOT_SUPPORTED_YET)
@pytest.mark.parametrize("suffix", ["", ".member.1", ".member.1.Key"])
def test_a_parameter_whose_feature_does_not_exist_yet_is_refused(member: str, suffix: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_assume_role(given(**{f"{member}{suffix}": "s3cret"}))
    message = refused.value.message or ""
    assert message.startswith(
        f"1 validation error detected: Value at '{member[0].lower()}{member[1:]}' failed"
    )
    assert message.endswith("Member is not supported yet")
    assert "s3cret" not in message


@pytest.mark.parametrize("member", ["Tags", "TransitiveTagKeys", "PolicyArns"])
def test_an_empty_list_asks_for_nothing(member: str) -> None:
    assert read_assume_role(given(**{member: ""})) == AssumeRoleRequest(ARN, "s1")
