from datetime import timedelta

import pytest

from imds_sim.sts.limits import ARN_PATTERN
from imds_sim.sts.operations.assume_role import violations

ARN = "arn:aws:iam::111122223333:role/web"
HOUR = timedelta(hours=1)


def broken(
    role_arn: str | None = ARN, name: str | None = "ab", external_id: str | None = None
) -> list[str]:
    """The violated constraints, each as member and constraint."""
    found = violations(role_arn, name, HOUR, external_id)
    return [
        f"{each.split(chr(39))[-2] if 'null at' in each else each.rsplit(chr(39), 2)[1]}: "
        f"{each.partition('constraint: Member must ')[2]}"
        for each in found
    ]


PATTERN_OF_NAME = r"satisfy regular expression pattern: [\w+=,.@-]*"
PATTERN_OF_ID = r"satisfy regular expression pattern: [\w+=,.@:\/-]*"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ab", []),
        ("a" * 64, []),
        ("Aa0_+=,.@-", []),
        ("a", ["roleSessionName: have length greater than or equal to 2"]),
        ("", ["roleSessionName: have length greater than or equal to 2"]),
        ("a" * 65, ["roleSessionName: have length less than or equal to 64"]),
        ("a b", [f"roleSessionName: {PATTERN_OF_NAME}"]),
        ("aé", [f"roleSessionName: {PATTERN_OF_NAME}"]),
        ("ab\n", [f"roleSessionName: {PATTERN_OF_NAME}"]),
        (None, ["roleSessionName: not be null"]),
    ],
)
def test_a_role_session_name_has_2_to_64_characters_of_a_few(
    name: str | None, expected: list[str]
) -> None:
    assert broken(name=name) == expected


@pytest.mark.parametrize(
    ("role_arn", "expected"),
    [
        ("a" * 20, []),
        ("a" * 2048, []),
        ("é" * 20, []),
        ("a" * 19, ["roleArn: have length greater than or equal to 20"]),
        ("a" * 2049, ["roleArn: have length less than or equal to 2048"]),
        (
            "",
            [
                f"roleArn: satisfy regular expression pattern: {ARN_PATTERN}",
                "roleArn: have length greater than or equal to 20",
            ],
        ),
        (
            "\U0001f600" * 20,
            [f"roleArn: satisfy regular expression pattern: {ARN_PATTERN}"],
        ),
        (None, ["roleArn: not be null"]),
    ],
)
def test_a_role_arn_has_20_to_2048_characters_of_the_basic_plane(
    role_arn: str | None, expected: list[str]
) -> None:
    assert broken(role_arn=role_arn) == expected


@pytest.mark.parametrize(
    ("external_id", "expected"),
    [
        (None, []),
        ("ab", []),
        ("a:/b" * 306, []),
        ("", ["externalId: have length greater than or equal to 2"]),
        ("a" * 1225, ["externalId: have length less than or equal to 1224"]),
        ("a b", [f"externalId: {PATTERN_OF_ID}"]),
    ],
)
def test_an_external_id_has_2_to_1224_characters_of_a_few(
    external_id: str | None, expected: list[str]
) -> None:
    assert broken(external_id=external_id) == expected


def test_all_violations_are_told_in_the_order_of_the_model() -> None:
    assert broken("x", None, "") == [
        "roleArn: have length greater than or equal to 20",
        "roleSessionName: not be null",
        "externalId: have length greater than or equal to 2",
    ]
