from collections.abc import Callable

import pytest

Refusal = Callable[[str], list[str]]
POLICY = "{Version: 2012-10-17, Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}"


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("p" * 128, True),
        ("p" * 129, False),
        ("a+=,.@_-B9", True),
        ("a b", False),
        ("", False),
        ("é", False),
    ],
)
def test_a_policy_has_a_name_as_in_iam(refusal: Refusal, name: str, taken: bool) -> None:
    for text in (
        f"roles: {{r: {{policies: {{'{name}': {POLICY}}}}}}}",
        f"users: {{u: {{policies: {{'{name}': {POLICY}}}}}}}",
        f"managed_policies: {{'{name}': {POLICY}}}",
    ):
        assert (refusal(text) == []) is taken


@pytest.mark.parametrize(
    ("arn", "taken"),
    [
        ("arn:aws:iam::111122223333:policy/p", True),
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", True),
        ("arn:aws-cn:iam::aws:policy/ReadOnlyAccess", True),
        ("arn:aws:iam::5:policy/p", False),
        ("arn:aws:iam::111122223333:role/p", False),
        ("arn:aws:iam::111122223333:policy/", False),
    ],
)
def test_a_managed_policy_may_be_declared_by_arn(refusal: Refusal, arn: str, taken: bool) -> None:
    assert (refusal(f"managed_policies: {{'{arn}': {POLICY}}}") == []) is taken


def test_every_mistake_in_a_policy_is_told_where_it_stands(refusal: Refusal) -> None:
    text = (
        "roles:\n"
        "  r:\n"
        "    policies:\n"
        "      p:\n"
        "        Version: 2012-10-17\n"
        "        Statement:\n"
        "        - Effect: Alow\n"
        "          Action: nothing\n"
        "          Resource: '*'\n"
        "        - Effect: Allow\n"
        "          Action: 's3:*'\n"
        "          Resource: ['*', 'bucket']\n"
    )
    lines = refusal(text)
    assert [line.rpartition(": roles.r.policies.p.")[0] for line in lines] == [
        "7:11",
        "8:11",
        "12:27",
    ]
    assert lines[0].startswith("7:11: roles.r.policies.p.Statement[0].Effect: ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Principal", "'*'"),
        ("NotPrincipal", "{AWS: '*'}"),
        ("Resources", "'*'"),
    ],
)
def test_an_identity_policy_names_nobody(refusal: Refusal, key: str, value: str) -> None:
    document = POLICY.replace("Effect", f"{key}: {value}, Effect")
    (line,) = refusal(f"users: {{u: {{policies: {{p: {document}}}}}}}")
    assert f"users.u.policies.p.Statement.{key}: " in line


def test_a_policy_that_is_no_document_is_told_what_is_allowed(refusal: Refusal) -> None:
    assert refusal("roles: {r: {policies: {p: []}}}") == [
        "1:24: roles.r.policies.p: must be a policy document or the name of a managed one, not a "
        "list"
    ]
    assert refusal("roles: {r: {policies: {p: 'a b'}}}") == [
        "1:24: roles.r.policies.p: 'a b' is not a managed policy: its name, or its ARN like "
        "arn:aws:iam::111122223333:policy/name"
    ]
    assert refusal("managed_policies: {p: other}") == [
        "1:20: managed_policies.p: must be a policy document, not 'other'"
    ]
