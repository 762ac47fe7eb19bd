from collections.abc import Iterable

import pytest

from imds_sim.iam.document import Effect, Principals, trust_for_services
from imds_sim.iam.entities import Role, User
from imds_sim.iam.principal_names import PrincipalKind, PrincipalName
from imds_sim.iam.principals import (
    AnonymousPrincipal,
    FederatedPrincipal,
    FederatedUserPrincipal,
    Requester,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)
from imds_sim.iam.subject import Grant, Subject

A = "111122223333"
OTHER = "444455556666"
ROOT = f"arn:aws:iam::{A}:root"
ALICE = User("aws", A, "alice", "AIDAALICEAAAAAAAAAAAA", path="/team/")
CALLER = Role("aws", A, "caller", "AROACALLERAAAAAAAAAAA", trust_for_services([]), path="/team/")
USER = UserPrincipal(ALICE)
SESSION = RoleSessionPrincipal(CALLER, "s1")
FEDERATED_USER = FederatedUserPrincipal(ALICE, A, "aws", "bob")
ROOT_FEDERATED = FederatedUserPrincipal(None, A, "aws", "bob")
SERVICE = ServicePrincipal("ec2.amazonaws.com")
SAML = f"arn:aws:iam::{A}:saml-provider/corp"
OIDC = f"arn:aws:iam::{A}:oidc-provider/token.actions.githubusercontent.com"


def principals(
    *values: str, kind: PrincipalKind = PrincipalKind.AWS, excluded: bool = False
) -> Principals:
    return Principals(tuple(PrincipalName(kind, value) for value in values), excluded)


def grant(requester: Requester, element: Principals, effect: Effect = Effect.ALLOW) -> Grant | None:
    return Subject.of(requester).named_by(element, effect)


@pytest.mark.parametrize(
    ("requester", "name", "worth"),
    [
        (USER, "*", Grant.DIRECT),
        (USER, A, Grant.DELEGATED),
        (USER, ROOT, Grant.DELEGATED),
        (USER, OTHER, None),
        (USER, f"arn:aws:iam::{A}:user/team/alice", Grant.DIRECT),
        (USER, f"arn:aws:iam::{A}:user/team/Alice", None),
        (USER, f"arn:aws:iam::{A}:user/alice", None),
        (USER, "AIDAALICEAAAAAAAAAAAA", Grant.DIRECT),
        (USER, "AIDAALICEBBBBBBBBBBBB", None),
        (SESSION, "*", Grant.DIRECT),
        (SESSION, A, Grant.DELEGATED),
        (SESSION, ROOT, Grant.DELEGATED),
        (SESSION, f"arn:aws:iam::{A}:role/team/caller", Grant.WITHIN_SESSION),
        (SESSION, f"arn:aws:iam::{A}:role/caller", None),
        (SESSION, "AROACALLERAAAAAAAAAAA", Grant.WITHIN_SESSION),
        (SESSION, "AROACALLERBBBBBBBBBBB", None),
        (SESSION, f"arn:aws:sts::{A}:assumed-role/caller/s1", Grant.DIRECT),
        (SESSION, f"arn:aws:sts::{A}:assumed-role/caller/s2", None),
        (SESSION, f"arn:aws:sts::{OTHER}:assumed-role/caller/s1", None),
        (FEDERATED_USER, "*", Grant.DIRECT),
        (FEDERATED_USER, A, Grant.DELEGATED),
        (FEDERATED_USER, f"arn:aws:sts::{A}:federated-user/bob", Grant.DIRECT),
        (FEDERATED_USER, f"arn:aws:sts::{A}:federated-user/eve", None),
        (FEDERATED_USER, ALICE.arn, Grant.WITHIN_SESSION),
        (FEDERATED_USER, ALICE.unique_id, Grant.WITHIN_SESSION),
        (ROOT_FEDERATED, f"arn:aws:sts::{A}:federated-user/bob", Grant.DIRECT),
        (ROOT_FEDERATED, A, Grant.DELEGATED),
        (RootPrincipal(A, "aws"), ROOT, Grant.DELEGATED),
        (RootPrincipal(A, "aws"), OTHER, None),
        (RootPrincipal(A, "aws"), "*", Grant.DIRECT),
        (SERVICE, "*", Grant.DIRECT),
        (SERVICE, "ec2.amazonaws.com", None),
        (AnonymousPrincipal(), "*", Grant.DIRECT),
        (AnonymousPrincipal(), A, None),
        (FederatedPrincipal(SAML), "*", None),
        (FederatedPrincipal(SAML), A, None),
    ],
)
def test_a_name_under_aws_means(requester: Requester, name: str, worth: Grant | None) -> None:
    assert grant(requester, principals(name)) is worth
    assert grant(requester, principals(OTHER, name)) is worth


@pytest.mark.parametrize(
    ("requester", "kind", "name", "worth"),
    [
        (SERVICE, PrincipalKind.SERVICE, "ec2.amazonaws.com", Grant.DIRECT),
        (SERVICE, PrincipalKind.SERVICE, "lambda.amazonaws.com", None),
        (SERVICE, PrincipalKind.FEDERATED, "ec2.amazonaws.com", None),
        (FederatedPrincipal(SAML), PrincipalKind.FEDERATED, SAML, Grant.DIRECT),
        (FederatedPrincipal(OIDC), PrincipalKind.FEDERATED, OIDC, Grant.DIRECT),
        (FederatedPrincipal(OIDC), PrincipalKind.FEDERATED, SAML, None),
        *(
            (FederatedPrincipal(domain), PrincipalKind.FEDERATED, domain, Grant.DIRECT)
            for domain in (
                "accounts.google.com",
                "graph.facebook.com",
                "www.amazon.com",
                "cognito-identity.amazonaws.com",
            )
        ),
        (USER, PrincipalKind.CANONICAL_USER, "79a59d", None),
    ],
)
def test_a_name_of_another_kind_means(
    requester: Requester, kind: PrincipalKind, name: str, worth: Grant | None
) -> None:
    assert grant(requester, principals(name, kind=kind)) is worth


def test_of_several_names_the_one_worth_most_counts() -> None:
    named = principals(A, CALLER.arn)
    assert grant(SESSION, named) is Grant.WITHIN_SESSION
    assert grant(SESSION, principals(A, CALLER.arn, SESSION.arn)) is Grant.DIRECT


def test_a_deny_to_everyone_means_the_holder_of_a_token_too() -> None:
    assert grant(FederatedPrincipal(OIDC), principals("*"), Effect.DENY) is Grant.DIRECT


@pytest.mark.parametrize(
    ("requester", "spared", "is_denied", "is_allowed"),
    [
        (USER, [ALICE.arn, A], False, False),
        (USER, [ALICE.arn], True, False),
        (USER, [A], True, False),
        (USER, [OTHER], True, True),
        (USER, ["*"], False, False),
        (SESSION, [CALLER.arn, ROOT], False, False),
        (SESSION, [SESSION.arn, CALLER.arn, A], False, False),
        (SESSION, [SESSION.arn, CALLER.arn], True, False),
        (RootPrincipal(A, "aws"), [A], False, False),
        (RootPrincipal(A, "aws"), [OTHER], True, True),
        (AnonymousPrincipal(), [A], True, True),
    ],
)
def test_not_principal_spares_from_a_deny_who_is_listed_with_its_account(
    requester: Requester, spared: Iterable[str], is_denied: bool, is_allowed: bool
) -> None:
    element = principals(*spared, excluded=True)
    assert (grant(requester, element, Effect.DENY) is not None) is is_denied
    assert (grant(requester, element, Effect.ALLOW) is not None) is is_allowed


def test_not_principal_spares_a_service_that_is_listed() -> None:
    element = principals(SERVICE.service, kind=PrincipalKind.SERVICE, excluded=True)
    assert grant(SERVICE, element, Effect.DENY) is None
    assert grant(ServicePrincipal("lambda.amazonaws.com"), element, Effect.DENY) is Grant.DIRECT


def test_not_principal_spares_nobody_with_a_permissions_boundary() -> None:
    element = principals(ALICE.arn, A, excluded=True)
    bounded = Subject.of(USER, is_bounded=True)
    assert bounded.named_by(element, Effect.DENY) is Grant.DIRECT
