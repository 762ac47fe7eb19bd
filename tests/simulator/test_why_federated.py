"""Why a token of an identity provider is worth a role, or what would have to change."""

import pytest

from imds_sim.simulator.asker import PrincipalUnknown
from imds_sim.simulator.why import Explanation, Question, explain
from tests.simulator.scenes import scene_of

PLACE = "gitlab.com"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{PLACE}"
WORLD = f"""
oidc_providers: {{"https://{PLACE}": {{built_in: true}}}}
roles:
  closed: {{trust: none}}
  ci:
    trust:
      Version: "2012-10-17"
      Statement:
        Sid: Group
        Effect: Allow
        Principal: {{Federated: "{PROVIDER}"}}
        Action: sts:AssumeRoleWithWebIdentity
        Condition: {{StringLike: {{"{PLACE}:sub": "project_path:my-group/*"}}}}
"""


def why(claims: dict[str, object], role: str = "ci") -> Explanation:
    return explain(scene_of(WORLD).core, Question(PROVIDER, role, claims=claims))


def test_a_token_that_meets_the_conditions_is_worth_the_role() -> None:
    told = why({"sub": "project_path:my-group/x"})
    assert told.is_allowed
    assert [decision.reason for decision in told.decisions] == [
        "statement 0 (Group) of the role trust policy allows it"
    ]
    assert told.principal == PROVIDER


def test_what_the_token_lacks_is_named() -> None:
    told = why({"sub": "project_path:their-group/x"})
    assert not told.is_allowed
    assert told.remedies[0] == (
        f"in statement 0 (Group) of roles.ci.trust: meet its condition StringLike {PLACE}:sub "
        '"project_path:my-group/*", the call has "project_path:their-group/x" (see --claim)'
    )


def test_each_action_of_the_call_is_decided() -> None:
    tags = {"https://aws.amazon.com/tags": {"principal_tags": {"team": ["x"]}}}
    told = why({"sub": "project_path:my-group/x", **tags})
    assert [(each.action, each.is_allowed) for each in told.decisions] == [
        ("sts:AssumeRoleWithWebIdentity", True),
        ("sts:TagSession", False),
    ]
    assert "cover sts:TagSession in its Action" in told.remedies[0]


def test_a_role_that_trusts_nobody_is_told_whom_to_name() -> None:
    [remedy] = why({"sub": "x"}, "closed").remedies
    assert remedy.endswith(f"allows sts:AssumeRoleWithWebIdentity to {PROVIDER}")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({}, "InvalidIdentityToken"),
        ({"sub": "x", "aud": "y"}, "InvalidIdentityToken"),
        ({"sub": "x", "exp": 1}, "ExpiredTokenException"),
    ],
)
def test_claims_that_no_policy_is_asked_about_are_refused(
    claims: dict[str, object], code: str
) -> None:
    told = why(claims)
    assert told.refusal is not None
    assert told.refusal[0] == code


def test_a_provider_that_is_not_there_is_nobody() -> None:
    with pytest.raises(PrincipalUnknown):
        explain(scene_of(WORLD).core, Question(f"{PROVIDER}/x", "ci"))
