from collections.abc import Callable

import pytest

Refusal = Callable[[str], list[str]]
IN = "organization: {id: o-a1b2c3d4e5}"


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ("{}", None),
        (f"{{{IN}, scps: [FullAWSAccess], rcps: [RCPFullAWSAccess]}}", None),
        (f"{{{IN}, scps: [[FullAWSAccess, FullAWSAccess]]}}", None),
        (f"{{{IN}, scps: [{', '.join(['FullAWSAccess'] * 7)}]}}", None),
        (f"{{{IN}, scps: [{', '.join(['FullAWSAccess'] * 8)}]}}", "8 levels; allowed: 7"),
        (f"{{{IN}, scps: [[]]}}", "a level has one policy at least"),
        ("{scps: [FullAWSAccess]}", "comes from an organization; add organization.id"),
        ("{rcps: [RCPFullAWSAccess]}", "comes from an organization; add organization.id"),
        (f"{{{IN}, scps: [RCPFullAWSAccess]}}", "FullAWSAccess, not 'RCPFullAWSAccess'"),
        (
            "{organization: {id: o-a1b2c3d4e5, path: o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/}}",
            None,
        ),
        ("{organization: {path: o-a1b2c3d4e5/r-ab12/}}", "needs an id beside it; add id"),
        (
            "{organization: {id: o-a1b2c3d4e5, path: o-zzzzzzzzzz/r-ab12/}}",
            "begins with the id of the organization, o-a1b2c3d4e5/",
        ),
    ],
)
def test_what_an_account_has_of_an_organization_fits_together(
    refusal: Refusal, account: str, told: str | None
) -> None:
    lines = refusal(f"accounts: {{'111122223333': {account}}}")
    assert (not lines) is (told is None)
    assert told is None or lines[0].endswith(told)


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("r-ab12/", True),
        ("r-ab12/ou-ab12-11111111/ou-ab12-22222222/", True),
        ("", False),
        ("r-ab12", False),
        ("ou-ab12-11111111/", False),
    ],
)
def test_a_path_leads_from_the_organization_to_the_account(
    refusal: Refusal, path: str, taken: bool
) -> None:
    account = f"{{organization: {{id: o-a1b2c3d4e5, path: o-a1b2c3d4e5/{path}}}}}"
    assert (refusal(f"accounts: {{'111122223333': {account}}}") == []) is taken
