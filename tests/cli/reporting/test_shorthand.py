import pytest

from imds_sim.cli.reporting.shorthand import requests_of, shorthand

ROLES = "/latest/meta-data/iam/security-credentials"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (["imds PUT /latest/api/token 200"], ["token 200"]),
        ([f"imds GET {ROLES}/ 404"], ["role 404"]),
        ([f"imds GET {ROLES} 200", f"imds GET {ROLES}/web 0"], ["role 200", "cred 0"]),
        ([f"imds GET {ROLES}-extended/ 404"], ["extended-role 404"]),
        ([f"imds GET {ROLES}-extended/web 200"], ["extended-cred 200"]),
        (["ecs GET /v2/credentials/5b7c1ad6 200", "sts POST / 200"], ["ecs 200", "sts 200"]),
        (["imds GET /latest/user-data 404"], ["imds GET /latest/user-data 404"]),
        ([f"imds GET {ROLES}/ 500"] * 3, ["role 500 x3"]),
        (
            ["imds PUT /latest/api/token 403", f"imds GET {ROLES}/ 401"] * 3,
            ["(token 403, role 401) x3"],
        ),
    ],
)
def test_requests_are_named_as_faults_name_them(asked: list[str], named: list[str]) -> None:
    assert shorthand(asked) == named


def test_what_repeats_itself_stands_once_and_can_be_counted_again() -> None:
    asked = ["sts POST / 503", *["imds PUT /latest/api/token 401", f"imds GET {ROLES}/ 401"] * 9]
    short = shorthand(asked)
    assert short == ["sts 503", "(token 401, role 401) x9"]
    assert list(requests_of(short)) == ["sts 503", *["token 401", "role 401"] * 9]
    assert shorthand([]) == []


def test_requests_that_are_written_out_are_one_each() -> None:
    full = ["imds GET /a x2/b, (c) 200", "sts POST / 200"]
    assert list(requests_of(full)) == full
