import json

import pytest

from imds_sim.iam.context import ContextValue
from imds_sim.iam.decision import Decision, DecisionEffect, MatchedStatement
from imds_sim.iam.kinds import PolicyKind
from tests.iam.scenes import ROLE_ARN, on_roles

ALLOW, IMPLICIT, EXPLICIT = DecisionEffect
ACTION = "sts:AssumeRole"


def matched(kind: PolicyKind, effect: str = "Allow", name: str | None = None) -> MatchedStatement:
    [statement] = on_roles(PolicyKind.IDENTITY, effect, Sid="S").statements
    return MatchedStatement(kind, name, 2, statement)


@pytest.mark.parametrize(
    ("kind", "implicit", "explicit"),
    [
        (
            PolicyKind.IDENTITY,
            " because no identity-based policy allows the sts:AssumeRole action",
            " with an explicit deny in an identity-based policy",
        ),
        (
            PolicyKind.BOUNDARY,
            " because no permissions boundary allows the sts:AssumeRole action",
            " with an explicit deny in a permissions boundary",
        ),
        (
            PolicyKind.SESSION,
            " because no session policy allows the sts:AssumeRole action",
            " with an explicit deny in a session policy",
        ),
        (
            PolicyKind.RESOURCE,
            " because no resource-based policy allows the sts:AssumeRole action",
            " with an explicit deny in a resource-based policy",
        ),
        (
            PolicyKind.TRUST,
            " because no role trust policy allows the sts:AssumeRole action",
            " with an explicit deny in the role trust policy",
        ),
        (
            PolicyKind.SERVICE_CONTROL,
            " with an explicit deny in a service control policy",
            " with an explicit deny in a service control policy",
        ),
        (
            PolicyKind.RESOURCE_CONTROL,
            " with an explicit deny in a resource control policy",
            " with an explicit deny in a resource control policy",
        ),
    ],
)
def test_a_denial_can_say_what_aws_says(kind: PolicyKind, implicit: str, explicit: str) -> None:
    assert Decision(IMPLICIT, ACTION, ROLE_ARN, kind).clause == implicit
    assert Decision(EXPLICIT, ACTION, ROLE_ARN, kind, matched(kind, "Deny")).clause == explicit


def test_an_allow_and_what_no_policy_decided_say_nothing_to_a_client() -> None:
    assert Decision(ALLOW, ACTION, ROLE_ARN, PolicyKind.TRUST).clause == ""
    assert Decision(IMPLICIT, ACTION, ROLE_ARN, remark="never").clause == ""


def test_the_reason_names_the_statements_that_decided() -> None:
    one, two = matched(PolicyKind.TRUST), matched(PolicyKind.IDENTITY, name="assume")
    allowed = Decision(ALLOW, ACTION, ROLE_ARN, PolicyKind.TRUST, one, (one,))
    assert allowed.reason == "statement 2 (S) of the role trust policy allows it"
    both = Decision(ALLOW, ACTION, ROLE_ARN, PolicyKind.TRUST, one, (one, two))
    assert both.reason == (
        "statement 2 (S) of the role trust policy and "
        "statement 2 (S) of the identity-based policy assume allow it"
    )
    no = matched(PolicyKind.BOUNDARY, "Deny")
    denied = Decision(EXPLICIT, ACTION, ROLE_ARN, PolicyKind.BOUNDARY, no, (no,))
    assert denied.reason == "statement 2 (S) of the permissions boundary denies it"
    assert (denied.statement, denied.sid, denied.policy_name) == (2, "S", None)


def test_the_reason_of_an_implicit_deny_tells_what_was_lacking() -> None:
    told = ("statement 0 is for other actions", "statement 1 names other principals")
    lacking = Decision(IMPLICIT, ACTION, ROLE_ARN, remark="nothing allows it", failures=told)
    assert lacking.reason == (
        "nothing allows it: statement 0 is for other actions; statement 1 names other principals"
    )
    assert (lacking.statement, lacking.sid, lacking.policy_name) == (None, None, None)


def test_a_decision_is_plain_data_for_json() -> None:
    one = matched(PolicyKind.IDENTITY, name="assume")
    context: dict[str, ContextValue] = {"aws:username": "alice", "aws:TagKeys": ("a", "b")}
    decision = Decision(ALLOW, ACTION, ROLE_ARN, PolicyKind.IDENTITY, one, (one,), context=context)
    assert json.loads(json.dumps(decision.document())) == {
        "effect": "allow",
        "reason": "statement 2 (S) of the identity-based policy assume allows it",
        "action": "sts:AssumeRole",
        "resource": ROLE_ARN,
        "policy_kind": "identity",
        "policy_name": "assume",
        "statement": 2,
        "sid": "S",
        "matched_statements": [
            {
                "policy_kind": "identity",
                "policy_name": "assume",
                "index": 2,
                "statement": {
                    "Sid": "S",
                    "Effect": "Allow",
                    "Action": ["sts:AssumeRole"],
                    "Resource": ["arn:aws:iam::*:role/*"],
                },
            }
        ],
        "failures": [],
        "context": {"aws:username": "alice", "aws:TagKeys": ["a", "b"]},
    }
