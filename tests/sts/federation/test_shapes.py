"""Tokens as CI systems and clusters shape them, against the trust policies that they recommend."""

from contextlib import nullcontext
from typing import Any

import jwt
import pytest

from imds_sim.iam.entities import OidcProvider, Role
from imds_sim.sts.errors import AccessDenied
from imds_sim.sts.federation.claim_keys import known_claims
from imds_sim.sts.federation.issuers import IssuerUnknown
from imds_sim.sts.federation.orders import TokenOrder, mint
from imds_sim.sts.federation.shapes import Shape
from imds_sim.sts.operations.assume_role_with_web_identity import AssumeRoleWithWebIdentityRequest
from tests.sts.federation.tokens import federated_role, provider
from tests.sts.scene import Sts

GITHUB = "token.actions.githubusercontent.com"
GITLAB = "gitlab.com"
CLUSTER = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
AUD = "sts.amazonaws.com"


def built_in(place: str, *client_ids: str) -> OidcProvider:
    return provider(
        issuer=f"https://{place}",
        name=place.rpartition("/")[2],
        client_ids=client_ids or (AUD,),
        key_set=None,
        claims=known_claims(place),
    )


def attempt(trusted: OidcProvider, condition: dict[str, Any], order: TokenOrder) -> None:
    """Assume a role under this condition with a token of this order. Raises AccessDenied."""
    role: Role = federated_role(trusted, Condition=condition)
    sts = Sts(roles=(role,), providers=(trusted,))
    token = mint(sts.service.issuers, order).web_identity_token.reveal()
    request = AssumeRoleWithWebIdentityRequest(role.arn, "session", token)
    sts.service.assume_role_with_web_identity(request)


def on_github(**claims: object) -> TokenOrder:
    return TokenOrder(GITHUB, claims, shape=Shape.GITHUB)


# GitHub Docs, "Configuring OpenID Connect in Amazon Web Services".
BRANCH = {
    "StringEquals": {
        f"{GITHUB}:aud": AUD,
        f"{GITHUB}:sub": "repo:octo-org/octo-repo:ref:refs/heads/octo-branch",
    }
}
ANY_BRANCH = {
    "StringLike": {f"{GITHUB}:sub": "repo:octo-org/octo-repo:*"},
    "StringEquals": {f"{GITHUB}:aud": AUD},
}
ENVIRONMENT = {
    "StringEquals": {
        f"{GITHUB}:aud": AUD,
        f"{GITHUB}:sub": "repo:octo-org/octo-repo:environment:prod",
    }
}
CLAIMS = {
    "StringEquals": {
        f"{GITHUB}:repository_id": "74",
        f"{GITHUB}:ref": "refs/heads/main",
        f"{GITHUB}:repository_owner_id": "65",
    },
    "StringLike": {f"{GITHUB}:job_workflow_ref": "octo-org/octo-repo/.github/workflows/*"},
}


@pytest.mark.parametrize(
    ("condition", "claims", "allowed"),
    [
        (BRANCH, {"ref": "refs/heads/octo-branch"}, True),
        (BRANCH, {"ref": "refs/heads/main"}, False),
        (BRANCH, {"ref": "refs/heads/octo-branch", "aud": "https://github.com/octo-org"}, None),
        (ANY_BRANCH, {"ref": "refs/heads/main"}, True),
        (ANY_BRANCH, {"ref": "refs/tags/v1"}, True),
        (ANY_BRANCH, {"event_name": "pull_request"}, True),
        (ANY_BRANCH, {"repository": "octo-org/octo-repo-2"}, False),
        (ENVIRONMENT, {"environment": "prod"}, True),
        (ENVIRONMENT, {"environment": "test"}, False),
        (ENVIRONMENT, {}, False),
        (CLAIMS, {}, True),
        (CLAIMS, {"repository_id": "75"}, False),
        (CLAIMS, {"ref": "refs/heads/other"}, False),
    ],
)
def test_github_tokens_meet_the_policies_of_its_documentation(
    condition: dict[str, Any], claims: dict[str, object], allowed: bool | None
) -> None:
    trusted = built_in(GITHUB, AUD, "https://github.com/octo-org")
    with nullcontext() if allowed else pytest.raises(AccessDenied):
        attempt(trusted, condition, on_github(**claims))


# GitLab Docs, "Configure OpenID Connect in AWS to retrieve temporary credentials".
PROTECTED = {
    "StringEquals": {
        f"{GITLAB}:sub": "project_path:my-group/my-project:ref_type:branch:ref:main",
        f"{GITLAB}:namespace_id": "72",
        f"{GITLAB}:project_id": "20",
        f"{GITLAB}:ref_protected": "true",
    }
}
GROUP = {"StringLike": {f"{GITLAB}:sub": "project_path:my-group/*:ref_type:branch:ref:main"}}


@pytest.mark.parametrize(
    ("condition", "claims", "allowed"),
    [
        (PROTECTED, {}, True),
        (PROTECTED, {"ref": "other"}, False),
        (PROTECTED, {"project_id": "21"}, False),
        (PROTECTED, {"ref_protected": "false"}, False),
        (GROUP, {"project_path": "my-group/other"}, True),
        (GROUP, {"project_path": "my-group/other", "ref_type": "tag"}, False),
        (GROUP, {"project_path": "their-group/other"}, False),
    ],
)
def test_gitlab_tokens_meet_the_policies_of_its_documentation(
    condition: dict[str, Any], claims: dict[str, object], allowed: bool
) -> None:
    trusted = built_in(GITLAB, "https://gitlab.com")
    with nullcontext() if allowed else pytest.raises(AccessDenied):
        attempt(trusted, condition, TokenOrder(GITLAB, claims, shape=Shape.GITLAB))


# Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts".
ACCOUNT_OF_A_POD = {
    "StringEquals": {
        f"{CLUSTER}:sub": "system:serviceaccount:default:my-service-account",
        f"{CLUSTER}:aud": AUD,
    }
}
NAMESPACE = {"StringLike": {f"{CLUSTER}:sub": "system:serviceaccount:default:*"}}


@pytest.mark.parametrize(
    ("condition", "subject", "allowed"),
    [
        (ACCOUNT_OF_A_POD, "system:serviceaccount:default:my-service-account", True),
        (ACCOUNT_OF_A_POD, "system:serviceaccount:default:other", False),
        (NAMESPACE, "system:serviceaccount:default:other", True),
        (NAMESPACE, "system:serviceaccount:kube-system:other", False),
    ],
)
def test_kubernetes_tokens_meet_the_policies_of_the_eks_guide(
    condition: dict[str, Any], subject: str, allowed: bool
) -> None:
    order = TokenOrder(
        f"https://{CLUSTER}", {"sub": subject}, audience=(AUD,), shape=Shape.KUBERNETES
    )
    with nullcontext() if allowed else pytest.raises(AccessDenied):
        attempt(built_in(CLUSTER), condition, order)


def test_a_pods_token_says_where_the_pod_is() -> None:
    sts = Sts(providers=(built_in(CLUSTER),))
    claims = {"sub": "system:serviceaccount:shop:cart"}
    minted = mint(sts.service.issuers, TokenOrder(CLUSTER[-32:], claims, shape=Shape.KUBERNETES))
    told = jwt.decode(minted.web_identity_token.reveal(), options={"verify_signature": False})
    assert told["kubernetes.io"]["namespace"] == "shop"
    assert told["kubernetes.io"]["serviceaccount"]["name"] == "cart"
    assert told["nbf"] == told["iat"] == int(sts.clock.now().timestamp())
    assert told == minted.claims


def test_claims_that_aws_does_not_know_are_no_condition_keys() -> None:
    condition = {"StringEquals": {f"{GITHUB}:run_attempt": "1"}}
    with pytest.raises(AccessDenied):
        attempt(built_in(GITHUB), condition, on_github())
    listed = provider(
        issuer=f"https://{GITHUB}", name=GITHUB, key_set=None, claims=("run_attempt", "tier", "on")
    )
    condition["NumericGreaterThan"] = {f"{GITHUB}:tier": "2"}
    condition["Bool"] = {f"{GITHUB}:on": "true"}
    attempt(listed, condition, on_github(tier=3, on=True))


@pytest.mark.parametrize("amr", [["mfa", "authenticated"], "authenticated"])
def test_methods_of_authentication_are_a_multivalued_key(amr: object) -> None:
    trusted = built_in(GITLAB)
    condition = {"ForAnyValue:StringEquals": {f"{GITLAB}:amr": "authenticated"}}
    attempt(trusted, condition, TokenOrder(GITLAB, {"sub": "me", "amr": amr}))
    with pytest.raises(AccessDenied):
        attempt(trusted, condition, TokenOrder(GITLAB, {"sub": "me", "amr": ["other"]}))


@pytest.mark.parametrize(
    ("place", "has"),
    [
        (GITHUB, True),
        (f"{GITHUB}/octo-enterprise", True),
        ("token.actions.octo.ghe.com", True),
        ("github.com/enterprises/octo", True),
        (f"evil-{GITHUB}", False),
        (f"{GITHUB}.evil.com", False),
        ("gitlab.com/x", False),
        (GITLAB, True),
        ("agent.buildkite.com", True),
        ("oidc.circleci.com/org/1", True),
        ("accounts.google.com", True),
        (CLUSTER, False),
    ],
)
def test_only_the_issuers_that_aws_names_have_claims_of_their_own(place: str, has: bool) -> None:
    assert bool(known_claims(place)) is has


def test_an_unknown_issuer_is_told_with_those_that_there_are() -> None:
    sts = Sts(providers=(built_in(GITLAB),))
    with pytest.raises(
        IssuerUnknown, match=r"no built-in issuer 'gitlab'; did you mean gitlab\.com"
    ):
        mint(sts.service.issuers, TokenOrder("gitlab"))
    with pytest.raises(IssuerUnknown, match="there are none"):
        mint(Sts(providers=(provider(),)).service.issuers, TokenOrder("realm"))
