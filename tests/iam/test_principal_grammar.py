from typing import Any

import pytest

from imds_sim.iam.document import Principals
from imds_sim.iam.errors import PolicyInvalid
from imds_sim.iam.grammar import parse_policy
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principal_names import PrincipalKind, PrincipalName

ACCOUNT = "111122223333"
EVERYONE = Principals((PrincipalName(PrincipalKind.AWS, "*"),))
NAMING = [PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.RESOURCE_CONTROL]


def read(kind: PolicyKind, **elements: Any) -> Principals | None:
    statement = {"Effect": "Deny", "Action": "sts:AssumeRole", **elements}
    if kind is not PolicyKind.TRUST:
        statement["Resource"] = "*"
    document = {"Version": "2012-10-17", "Statement": statement}
    return parse_policy(document, kind).statements[0].principals


def refusal(kind: PolicyKind, **elements: Any) -> str:
    with pytest.raises(PolicyInvalid) as refused:
        read(kind, **elements)
    return refused.value.aws_message


@pytest.mark.parametrize("kind", [kind for kind in PolicyKind if kind not in NAMING])
def test_what_is_attached_to_an_identity_names_no_principal(kind: PolicyKind) -> None:
    assert read(kind) is None
    said = "Policy document should not specify a principal."
    assert refusal(kind, Principal="*") == refusal(kind, NotPrincipal={"AWS": ACCOUNT}) == said


@pytest.mark.parametrize("kind", NAMING)
def test_what_is_attached_to_a_resource_must_name_one(kind: PolicyKind) -> None:
    assert refusal(kind) == "Missing required field Principal"
    assert read(kind, Principal="*") == EVERYONE


@pytest.mark.parametrize("kind", [PolicyKind.TRUST, PolicyKind.RESOURCE])
def test_everyone_has_two_spellings(kind: PolicyKind) -> None:
    assert read(kind, Principal={"AWS": "*"}) == EVERYONE


def test_a_resource_control_policy_is_for_everyone() -> None:
    said = "Principal must be * in a resource control policy"
    assert refusal(PolicyKind.RESOURCE_CONTROL, Principal={"AWS": ACCOUNT}) == said


def test_an_account_may_be_a_number_as_yaml_reads_it() -> None:
    name = PrincipalName(PrincipalKind.AWS, ACCOUNT)
    assert read(PolicyKind.TRUST, Principal={"AWS": int(ACCOUNT)}) == Principals((name,))


def test_canonical_users_are_for_other_resources_than_roles() -> None:
    named = {"CanonicalUser": "79a59d"}
    assert refusal(PolicyKind.TRUST, Principal=named) == (
        'Invalid principal in policy: "CanonicalUser"'
    )
    name = PrincipalName(PrincipalKind.CANONICAL_USER, "79a59d")
    assert read(PolicyKind.RESOURCE, Principal=named) == Principals((name,))


def test_only_other_resources_than_roles_may_name_whom_they_spare() -> None:
    spared = {"AWS": ACCOUNT}
    name = PrincipalName(PrincipalKind.AWS, ACCOUNT)
    assert read(PolicyKind.RESOURCE, NotPrincipal=spared) == Principals((name,), excluded=True)
    assert refusal(PolicyKind.RESOURCE, NotPrincipal=spared, Principal="*") == (
        "Syntax errors in policy."
    )
    said = "AssumeRole policy must not contain NotPrincipal field."
    assert refusal(PolicyKind.TRUST, NotPrincipal=spared) == said
    said = "Allow with NotPrincipal is not allowed."
    assert refusal(PolicyKind.TRUST, NotPrincipal=spared, Effect="Allow") == said


def test_cognito_is_not_trusted_without_a_condition() -> None:
    named = {"Federated": "cognito-identity.amazonaws.com"}
    said = "A condition block must be present for the Cognito provider"
    assert refusal(PolicyKind.TRUST, Principal=named) == said
    assert refusal(PolicyKind.TRUST, Principal=named, Condition={}) == said
    block = {"StringEquals": {"cognito-identity.amazonaws.com:aud": "pool"}}
    assert read(PolicyKind.TRUST, Principal=named, Condition=block)
