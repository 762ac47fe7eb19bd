from collections.abc import Callable

import pytest

from imds_sim.config.load import parse_config
from imds_sim.iam.kinds import PolicyKind

Refusal = Callable[[str], list[str]]
DOCUMENT = "{Version: 2012-10-17, Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}"
TRUST = (
    "{Version: 2012-10-17, Statement: {Effect: Allow, Action: 'sts:AssumeRole', "
    "Principal: {AWS: %s}}}"
)


def warnings(text: str) -> list[str]:
    return [str(warning).removeprefix("f:") for warning in parse_config(text, "f").warnings]


def padded(size: int) -> str:
    """A policy of exactly `size` characters without white space, in YAML of one line."""
    head = '{"Version":"2012-10-17","Id":"","Statement":{"Effect":"Allow","Action":"s3:*",'
    bare = head + '"Resource":"*"}}'
    return bare.replace('"Id":""', f'"Id":"{"x" * (size - len(bare))}"')


@pytest.mark.parametrize("place", ["policies: {p: %s}", "permissions_boundary: %s"])
@pytest.mark.parametrize("kind", ["roles", "users"])
@pytest.mark.parametrize(
    "reference", ["shared", "arn:aws:iam::111122223333:policy/shared"], ids=["name", "arn"]
)
def test_a_managed_policy_is_attached_by_name_or_arn(
    refusal: Refusal, place: str, kind: str, reference: str
) -> None:
    text = f"{kind}: {{e: {{{place % reference}}}}}\nmanaged_policies: {{shared: {DOCUMENT}}}"
    assert refusal(text) == []


def test_a_managed_policy_that_is_not_there_is_refused(refusal: Refusal) -> None:
    text = f"managed_policies: {{shared: {DOCUMENT}}}\nroles: {{r: {{policies: {{p: share}}}}}}"
    assert refusal(text) == [
        "2:24: roles.r.policies.p: no managed policy 'share'; did you mean shared?"
    ]
    assert refusal("users: {u: {permissions_boundary: x}}") == [
        "1:13: users.u.permissions_boundary: no managed policy 'x'; they are declared under "
        "managed_policies:"
    ]


def test_a_managed_policy_belongs_to_the_account_of_what_it_is_attached_to(
    refusal: Refusal,
) -> None:
    text = (
        f"managed_policies: {{shared: {DOCUMENT}}}\n"
        "roles: {r: {account: 444455556666, policies: {p: shared}}}"
    )
    assert refusal(text) == [
        "2:47: roles.r.policies.p: arn:aws:iam::111122223333:policy/shared is of account "
        "111122223333; only policies of account 444455556666 and those that AWS manages can be "
        "attached here"
    ]


def test_an_unknown_policy_of_aws_allows_nothing_and_says_so() -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    text = f"roles: {{r: {{policies: {{p: '{arn}'}}}}}}"
    assert warnings(text) == [
        f"1:24: roles.r.policies.p: what {arn} says is not known here: it allows nothing; declare "
        "it under managed_policies:"
    ]
    assert warnings(f"{text}\nmanaged_policies: {{'{arn}': {DOCUMENT}}}") == []


@pytest.mark.parametrize(
    ("kind", "size", "taken"),
    [
        ("roles", 10240, True),
        ("roles", 10241, False),
        ("users", 2048, True),
        ("users", 2049, False),
    ],
)
def test_inline_policies_of_one_entity_have_a_size_together(
    refusal: Refusal, kind: str, size: int, taken: bool
) -> None:
    half = size // 2
    text = f"{kind}: {{e: {{policies: {{a: {padded(half)}, b: {padded(size - half)}}}}}}}"
    assert (refusal(text) == []) is taken


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("managed_policies: {p: %s}", 6144),
        ("roles: {r: {permissions_boundary: %s}}", 6144),
        ("accounts: {'111122223333': {organization: {id: o-a1b2c3d4e5}, scps: [%s]}}", 5120),
    ],
)
def test_one_policy_has_a_size(refusal: Refusal, text: str, limit: int) -> None:
    assert refusal(text % padded(limit)) == []
    (line,) = refusal(text % padded(limit + 1))
    assert line.endswith(f"has {limit + 1} characters without white space; allowed: {limit}")


def test_white_space_is_not_counted(refusal: Refusal) -> None:
    spaced = padded(6144).replace(",", " ,   ")
    assert refusal(f"managed_policies: {{p: {spaced}}}") == []


def test_a_trust_policy_beyond_the_default_quota_draws_a_warning(refusal: Refusal) -> None:
    def text(size: int) -> str:
        head = '{"Version":"2012-10-17","Id":"","Statement":{"Effect":"Allow",'
        bare = head + '"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}'
        trust = bare.replace('"Id":""', f'"Id":"{"x" * (size - len(bare))}"')
        return f"roles: {{r: {{trust: {trust}}}}}"

    assert warnings(text(2048)) == []
    (warning,) = warnings(text(2049))
    assert "2049 characters" in warning
    assert refusal(text(4096)) == []
    assert refusal(text(4097)) != []


def test_every_principal_draws_a_warning_where_it_stands() -> None:
    (warning,) = warnings(f"roles: {{r: {{trust: {TRUST % repr('*')}}}}}")
    assert "roles.r.trust.Statement.Principal" in warning


@pytest.mark.parametrize(
    "text",
    [
        "roles: {r: {tags: {Team: a, team: b}}}",
        "users: {u: {tags: {Team: a, TEAM: b}}}",
        f"managed_policies: {{p: {DOCUMENT}, P: {DOCUMENT}}}",
        f"managed_policies: {{p: {DOCUMENT}, 'arn:aws:iam::111122223333:policy/p': {DOCUMENT}}}",
        "users: {u: {mfa_devices: [{seed: JBSWY3DPEHPK3PXP}, {seed: JBSWY3DPEHPK3PXP}]}}",
        "users: {u: {mfa_devices: [{seed: JBSWY3DPEHPK3PXP}]}, v: {mfa_devices: [{seed: "
        "JBSWY3DPEHPK3PXP, serial: 'arn:aws:iam::111122223333:mfa/u'}]}}",
    ],
)
def test_nothing_is_declared_twice(refusal: Refusal, text: str) -> None:
    (line,) = refusal(text)
    assert " already" in line


def test_a_policy_has_the_rules_of_its_place(refusal: Refusal) -> None:
    principal = DOCUMENT.replace("Resource: '*'", "Resource: '*', Principal: '*'")
    for text in (
        f"managed_policies: {{p: {principal}}}",
        f"roles: {{r: {{policies: {{p: {principal}}}}}}}",
        f"roles: {{r: {{trust: {DOCUMENT}}}}}",
    ):
        assert refusal(text) != []
    assert len(PolicyKind) >= 6
