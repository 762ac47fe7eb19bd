from collections.abc import Callable
from typing import Any

import pytest

from imds_sim.iam.document import Policy, trust_for_services
from imds_sim.iam.entities import Role, User
from imds_sim.iam.evaluate import DecisionEffect, evaluate_trust
from imds_sim.iam.grammar import parse_trust_policy
from imds_sim.iam.principals import (
    Principal,
    RoleSessionPrincipal,
    ServicePrincipal,
    UserPrincipal,
)

EC2 = ServicePrincipal("ec2.amazonaws.com")
MakeRole = Callable[..., Role]


def trust(*statements: dict[str, Any]) -> Policy:
    return parse_trust_policy({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **elements}


def decide(role: Role, principal: Principal, **context: str) -> DecisionEffect:
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    return evaluate_trust(role, principal, "sts:AssumeRole", keys).effect


def test_a_service_that_the_trust_policy_names_may_assume_the_role(make_role: MakeRole) -> None:
    decision = evaluate_trust(make_role(), EC2, "sts:AssumeRole", {})
    assert decision.is_allowed
    assert (decision.statement, decision.sid) == (0, None)
    assert decision.reason == "statement 0 of the role trust policy allows it"


def test_another_service_may_not(make_role: MakeRole) -> None:
    decision = evaluate_trust(
        make_role(), ServicePrincipal("lambda.amazonaws.com"), "sts:AssumeRole", {}
    )
    assert decision.effect is DecisionEffect.IMPLICIT_DENY
    assert decision.statement is None
    assert decision.reason == (
        "no statement of the role trust policy allows sts:AssumeRole: "
        "statement 0 names other principals"
    )


def test_a_policy_without_statements_lets_nobody_in(make_role: MakeRole) -> None:
    role = make_role(trust=trust_for_services([]))
    assert decide(role, EC2) is DecisionEffect.IMPLICIT_DENY


def test_an_action_that_no_statement_covers_is_denied(make_role: MakeRole) -> None:
    decision = evaluate_trust(make_role(), EC2, "sts:TagSession", {})
    assert decision.effect is DecisionEffect.IMPLICIT_DENY
    assert "statement 0 is for other actions" in decision.reason


@pytest.mark.parametrize("deny_first", [True, False])
def test_an_explicit_deny_wins_wherever_it_stands(make_role: MakeRole, deny_first: bool) -> None:
    yes = allow({"Service": "ec2.amazonaws.com"})
    no = {**yes, "Effect": "Deny", "Action": "sts:*", "Sid": "Stop"}
    role = make_role(trust=trust(no, yes) if deny_first else trust(yes, no))
    decision = evaluate_trust(role, EC2, "sts:AssumeRole", {})
    assert decision.effect is DecisionEffect.EXPLICIT_DENY
    assert (decision.statement, decision.sid) == (0 if deny_first else 1, "Stop")


def test_a_deny_that_does_not_apply_denies_nothing(make_role: MakeRole) -> None:
    service = {"Service": "ec2.amazonaws.com"}
    no = allow(service, Effect="Deny", Condition={"StringEquals": {"aws:SourceAccount": "9"}})
    role = make_role(trust=trust(no, allow(service)))
    assert decide(role, EC2, aws__SourceAccount="1") is DecisionEffect.ALLOW
    assert decide(role, EC2, aws__SourceAccount="9") is DecisionEffect.EXPLICIT_DENY


def test_all_conditions_of_a_statement_must_be_met(make_role: MakeRole) -> None:
    block = {
        "StringEquals": {"sts:ExternalId": ["a", "b"], "sts:RoleSessionName": "s"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    role = make_role(trust=trust(allow({"Service": "ec2.amazonaws.com"}, Condition=block)))
    met = {"sts:externalid": "b", "STS:RoleSessionName": "s", "aws:securetransport": "true"}
    assert evaluate_trust(role, EC2, "sts:AssumeRole", met).is_allowed
    for key in met:
        lacking = {name: value for name, value in met.items() if name != key}
        decision = evaluate_trust(role, EC2, "sts:AssumeRole", lacking)
        assert decision.effect is DecisionEffect.IMPLICIT_DENY
        assert "has a condition that is not met" in decision.reason


def test_a_role_arn_means_any_session_of_that_role(make_role: MakeRole) -> None:
    caller = make_role("caller", path="/team/")
    role = make_role(trust=trust(allow({"AWS": caller.arn})))
    assert decide(role, RoleSessionPrincipal(caller, "a")) is DecisionEffect.ALLOW
    assert decide(role, RoleSessionPrincipal(caller, "b")) is DecisionEffect.ALLOW
    other = make_role("caller", path="/other/")
    assert decide(role, RoleSessionPrincipal(other, "a")) is DecisionEffect.IMPLICIT_DENY


def test_a_session_arn_means_that_session_alone(make_role: MakeRole) -> None:
    caller = make_role("caller", path="/team/")
    arn = "arn:aws:sts::111122223333:assumed-role/caller/a1"
    role = make_role(trust=trust(allow({"AWS": arn})))
    assert decide(role, RoleSessionPrincipal(caller, "a1")) is DecisionEffect.ALLOW
    assert decide(role, RoleSessionPrincipal(caller, "A1")) is DecisionEffect.IMPLICIT_DENY


def test_a_user_arn_means_that_user(make_role: MakeRole, alice: User) -> None:
    role = make_role(trust=trust(allow({"AWS": alice.arn})))
    assert decide(role, UserPrincipal(alice)) is DecisionEffect.ALLOW
    bob = User("aws", "111122223333", "bob", "AIDABOB")
    assert decide(role, UserPrincipal(bob)) is DecisionEffect.IMPLICIT_DENY


def test_a_role_does_not_trust_itself_unless_it_says_so(make_role: MakeRole) -> None:
    role = make_role()
    assert decide(role, RoleSessionPrincipal(role, "s1")) is DecisionEffect.IMPLICIT_DENY


def test_a_caller_of_another_account_needs_an_identity_policy_too(make_role: MakeRole) -> None:
    caller = make_role("caller", account="444455556666")
    role = make_role(trust=trust(allow({"AWS": caller.arn})))
    decision = evaluate_trust(role, RoleSessionPrincipal(caller, "s1"), "sts:AssumeRole", {})
    assert decision.effect is DecisionEffect.IMPLICIT_DENY
    assert "no identity-based policy allows the sts:AssumeRole action" in decision.reason


def test_an_explicit_deny_names_itself_also_across_accounts(make_role: MakeRole) -> None:
    caller = make_role("caller", account="444455556666")
    role = make_role(trust=trust(allow({"AWS": caller.arn}, Effect="Deny")))
    assert decide(role, RoleSessionPrincipal(caller, "s1")) is DecisionEffect.EXPLICIT_DENY
