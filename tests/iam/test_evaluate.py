from dataclasses import replace
from typing import Any

import pytest

from imds_sim.iam.decision import Decision, DecisionEffect
from imds_sim.iam.document import Policy, trust_for_services
from imds_sim.iam.entities import Role, User
from imds_sim.iam.kinds import PolicyKind
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
from imds_sim.iam.request import SessionPolicies
from tests.iam.scenes import (
    ACCOUNT,
    OTHER,
    boundary,
    decide,
    identity,
    policy,
    rcp,
    scp,
    session,
    statement,
    trust,
)

ALLOW = DecisionEffect.ALLOW
IMPLICIT = DecisionEffect.IMPLICIT_DENY
EXPLICIT = DecisionEffect.EXPLICIT_DENY
IDENTITY, BOUNDARY, SESSION = PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION

EC2 = ServicePrincipal("ec2.amazonaws.com")
ALICE = User("aws", ACCOUNT, "alice", "AIDAALICEAAAAAAAAAAAA")
CALLER = Role("aws", ACCOUNT, "caller", "AROACALLERAAAAAAAAAAA", trust_for_services([]))
USER = UserPrincipal(ALICE)
ROLE_SESSION = RoleSessionPrincipal(CALLER, "s1")
FEDERATED = FederatedUserPrincipal(ALICE, ACCOUNT, "aws", "bob")
ROOT = RootPrincipal(ACCOUNT, "aws")
STRANGER = RoleSessionPrincipal(replace(CALLER, account=OTHER), "s1")
SAML = FederatedPrincipal(f"arn:aws:iam::{ACCOUNT}:saml-provider/corp")

NOTHING: dict[str, Any] = {}
EMPTY = SessionPolicies(())  # allow nothing
ELSEWHERE = "arn:aws:iam::*:role/elsewhere"


def outcome(decision: Decision) -> tuple[DecisionEffect, PolicyKind | None]:
    return decision.effect, decision.policy_kind


# What a name in a trust policy is worth to a caller of the same account.
IMPLICIT_DENIES: dict[str, dict[str, Any]] = {
    "identity": {},
    "boundary": {"identity": identity(), "boundary": boundary(Resource=ELSEWHERE)},
    "session": {"identity": identity(), "session": session(Resource=ELSEWHERE)},
}


@pytest.mark.parametrize(
    ("named", "caller", "limited_by"),
    [
        pytest.param(ACCOUNT, USER, {IDENTITY, BOUNDARY, SESSION}, id="account, user"),
        pytest.param(ACCOUNT, ROLE_SESSION, {IDENTITY, BOUNDARY, SESSION}, id="account, session"),
        pytest.param(
            f"arn:aws:iam::{ACCOUNT}:root", USER, {IDENTITY, BOUNDARY, SESSION}, id="root"
        ),
        pytest.param(ALICE.arn, USER, set(), id="user"),
        pytest.param(ALICE.unique_id, USER, set(), id="id of a user"),
        pytest.param(ALICE.arn, FEDERATED, {BOUNDARY, SESSION}, id="user, federated session"),
        pytest.param(CALLER.arn, ROLE_SESSION, {BOUNDARY, SESSION}, id="role"),
        pytest.param(CALLER.unique_id, ROLE_SESSION, {BOUNDARY, SESSION}, id="id of a role"),
        pytest.param(ROLE_SESSION.arn, ROLE_SESSION, set(), id="role session"),
        pytest.param(FEDERATED.arn, FEDERATED, set(), id="federated session"),
        pytest.param("*", USER, set(), id="everyone, user"),
        pytest.param("*", ROLE_SESSION, set(), id="everyone, session"),
        pytest.param("*", FEDERATED, set(), id="everyone, federated session"),
    ],
)
def test_in_its_own_account_a_named_caller_is_limited_by(
    named: str, caller: Requester, limited_by: set[PolicyKind]
) -> None:
    found = set()
    for name, policies in IMPLICIT_DENIES.items():
        given = {"session": session(), **policies}  # a federated session needs one
        decision = decide(caller, trusting=trust(named), **given)
        if decision.effect is IMPLICIT:
            assert decision.policy_kind == name
            found.add(decision.policy_kind)
        else:
            assert decision.is_allowed
    assert found == limited_by


@pytest.mark.parametrize(
    ("caller", "principal"),
    [(EC2, {"Service": EC2.service}), (SAML, {"Federated": SAML.provider})],
)
def test_a_service_and_the_holder_of_a_token_need_the_trust_policy_alone(
    caller: Requester, principal: dict[str, str]
) -> None:
    assert outcome(decide(caller, trusting=trust(principal))) == (ALLOW, PolicyKind.TRUST)
    other = trust({"Service": "lambda.amazonaws.com"})
    assert outcome(decide(caller, trusting=other)) == (IMPLICIT, PolicyKind.TRUST)


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_everyone_does_not_let_the_holder_of_a_token_in_but_keeps_it_out(effect: str) -> None:
    named = trust({"Federated": SAML.provider})
    everyone = trust("*", effect)
    both = Policy((*named.statements, *everyone.statements))
    assert decide(SAML, trusting=both).effect is (ALLOW if effect == "Allow" else EXPLICIT)
    assert decide(SAML, trusting=everyone).effect is (IMPLICIT if effect == "Allow" else EXPLICIT)


def test_an_identity_policy_alone_lets_nobody_assume_a_role() -> None:
    decision = decide(USER, trusting=trust(CALLER.arn), identity=identity())
    assert outcome(decision) == (IMPLICIT, PolicyKind.TRUST)
    assert decision.failures == ("statement 0 names other principals",)
    assert decision.reason == (
        "no role trust policy allows the sts:AssumeRole action: statement 0 names other principals"
    )


def test_a_role_does_not_trust_itself_unless_it_says_so() -> None:
    itself = replace(CALLER, trust=trust(CALLER.arn))
    caller = RoleSessionPrincipal(itself, "s1")
    assert decide(caller, resource=itself.arn, trusting=itself.trust).is_allowed
    nobody = decide(caller, resource=itself.arn, trusting=CALLER.trust, identity=identity())
    assert nobody.effect is IMPLICIT


@pytest.mark.parametrize("named", [OTHER, STRANGER.role.arn, STRANGER.arn, "*"])
def test_a_caller_of_another_account_needs_both_accounts_to_allow(named: str) -> None:
    trusting = trust(named)
    alone = decide(STRANGER, trusting=trusting)
    assert outcome(alone) == (IMPLICIT, IDENTITY)
    assert alone.reason == (
        f"{STRANGER.arn} is of account {OTHER}, the resource of {ACCOUNT}: "
        "no identity-based policy allows the sts:AssumeRole action: there is none"
    )
    both = decide(STRANGER, trusting=trusting, identity=identity())
    assert outcome(both) == (ALLOW, PolicyKind.TRUST)
    assert [each.kind for each in both.matched] == [PolicyKind.TRUST, IDENTITY]
    for limits in ({"boundary": boundary(Resource=ELSEWHERE)}, {"session": EMPTY}):
        limited = decide(STRANGER, trusting=trusting, identity=identity(), **limits)
        assert limited.effect is IMPLICIT


def test_an_identity_policy_alone_reaches_into_no_other_account() -> None:
    trusting = trust(CALLER.arn)
    assert outcome(decide(STRANGER, trusting=trusting, identity=identity())) == (
        IMPLICIT,
        PolicyKind.TRUST,
    )
    assert outcome(decide(STRANGER, identity=identity())) == (IMPLICIT, PolicyKind.RESOURCE)


@pytest.mark.parametrize(
    ("kind", "policies"),
    [
        (PolicyKind.SERVICE_CONTROL, {"scps": ((scp(), scp("Deny")),)}),
        (PolicyKind.RESOURCE_CONTROL, {"rcps": ((rcp(),),)}),
        (IDENTITY, {"identity": (*identity(), *identity("Deny", "stop"))}),
        (BOUNDARY, {"boundary": boundary("Deny")}),
        (SESSION, {"session": session("Deny")}),
    ],
)
@pytest.mark.parametrize("named", [ROLE_SESSION.arn, CALLER.arn, ACCOUNT, "*"])
def test_an_explicit_deny_counts_wherever_it_stands(
    named: str, kind: PolicyKind, policies: dict[str, Any]
) -> None:
    given = {"identity": identity(), **policies}
    decision = decide(ROLE_SESSION, trusting=trust(named), **given)
    assert outcome(decision) == (EXPLICIT, kind)
    assert [each.is_deny for each in decision.matched] == [True]


def test_a_deny_in_the_trust_policy_counts_also_for_other_accounts() -> None:
    for caller in (ROLE_SESSION, STRANGER):
        both = Policy((*trust("*").statements, *trust(caller.role.arn, "Deny").statements))
        assert outcome(decide(caller, trusting=both, identity=identity())) == (
            EXPLICIT,
            PolicyKind.TRUST,
        )


def test_a_deny_that_does_not_apply_denies_nothing() -> None:
    block = {"StringEquals": {"aws:SourceAccount": "9"}}
    yes, no = (
        trust({"Service": EC2.service}),
        trust({"Service": EC2.service}, "Deny", Condition=block),
    )
    both = Policy((*no.statements, *yes.statements))
    assert decide(EC2, trusting=both, context={"aws:SourceAccount": "1"}).is_allowed
    assert decide(EC2, trusting=both, context={"aws:SourceAccount": "9"}).effect is EXPLICIT


def test_a_boundary_allows_nothing_by_itself() -> None:
    decision = decide(USER, trusting=trust(ACCOUNT), boundary=boundary())
    assert outcome(decision) == (IMPLICIT, IDENTITY)


def test_session_policies_are_one_union_and_limit_the_identity() -> None:
    nowhere = session(Resource=ELSEWHERE).policies
    trusting = trust(ACCOUNT)
    given: dict[str, Any] = {"trusting": trusting, "identity": identity()}
    union = SessionPolicies((*nowhere, *session().policies))
    assert decide(ROLE_SESSION, session=union, **given).is_allowed
    assert outcome(decide(ROLE_SESSION, session=SessionPolicies(nowhere), **given)) == (
        IMPLICIT,
        SESSION,
    )
    assert outcome(decide(ROLE_SESSION, session=EMPTY, **given)) == (IMPLICIT, SESSION)
    assert decide(ROLE_SESSION, **given).is_allowed
    alone = decide(ROLE_SESSION, trusting=trusting, session=session())
    assert outcome(alone) == (IMPLICIT, IDENTITY)


def test_a_federated_session_without_session_policies_may_only_what_names_it() -> None:
    given: dict[str, Any] = {"identity": identity()}
    assert outcome(decide(FEDERATED, trusting=trust(ACCOUNT), **given)) == (IMPLICIT, SESSION)
    assert outcome(decide(FEDERATED, trusting=trust(ALICE.arn), **given)) == (IMPLICIT, SESSION)
    assert decide(FEDERATED, trusting=trust(FEDERATED.arn), **given).is_allowed
    assert decide(FEDERATED, trusting=trust(ACCOUNT), session=session(), **given).is_allowed


def test_every_level_of_service_control_policies_must_allow() -> None:
    given: dict[str, Any] = {"trusting": trust(USER.arn)}
    everywhere, elsewhere = scp(), scp(Resource=ELSEWHERE)
    assert decide(USER, scps=((everywhere,), (elsewhere, everywhere)), **given).is_allowed
    for levels in (((everywhere,), (elsewhere,)), ((), (everywhere,)), ((elsewhere,),)):
        decision = decide(USER, scps=levels, **given)
        assert outcome(decision) == (IMPLICIT, PolicyKind.SERVICE_CONTROL)


def test_service_control_policies_do_not_bind_services_and_service_linked_roles() -> None:
    linked = RoleSessionPrincipal(replace(CALLER, path="/aws-service-role/x.amazonaws.com/"), "s1")
    denied = ((scp("Deny"),),)
    assert decide(linked, trusting=trust(linked.role.arn), scps=denied).is_allowed
    assert decide(linked, trusting=trust(linked.role.arn), rcps=((rcp(),),)).is_allowed


def test_resource_control_policies_bind_services_and_allow_by_themselves() -> None:
    trusting = trust({"Service": EC2.service})
    block = {"Bool": {"aws:PrincipalIsAWSService": "false"}}
    sparing = ((rcp(Condition=block),),)
    context = {"aws:PrincipalIsAWSService": "true"}
    assert decide(EC2, trusting=trusting, rcps=sparing, context=context).is_allowed
    assert outcome(decide(EC2, trusting=trusting, rcps=((rcp(),),))) == (
        EXPLICIT,
        PolicyKind.RESOURCE_CONTROL,
    )


def test_root_may_everything_in_its_account_but_assume_roles() -> None:
    decision = decide(ROOT, trusting=trust(ACCOUNT))
    assert outcome(decision) == (IMPLICIT, None)
    assert decision.reason == "Roles may not be assumed by root accounts."
    token = decide(ROOT, action="sts:GetFederationToken", resource="*")
    assert outcome(token) == (ALLOW, None)
    denied = decide(ROOT, action="sts:GetFederationToken", scps=((scp("Deny", Action="sts:*"),),))
    assert outcome(denied) == (EXPLICIT, PolicyKind.SERVICE_CONTROL)
    elsewhere = decide(ROOT, action="sts:TagSession", owner=OTHER, trusting=trust(CALLER.arn))
    assert outcome(elsewhere) == (IMPLICIT, PolicyKind.TRUST)


def test_a_session_that_root_made_has_all_that_its_session_policies_allow() -> None:
    bob = FederatedUserPrincipal(None, ACCOUNT, "aws", "bob")
    assert decide(bob, trusting=trust(ACCOUNT), session=session()).is_allowed
    assert outcome(decide(bob, trusting=trust(ACCOUNT))) == (IMPLICIT, SESSION)


@pytest.mark.parametrize("action", ["sts:GetCallerIdentity", "sts:getsessiontoken"])
def test_nothing_takes_away_who_am_i_and_a_session_of_ones_own(action: str) -> None:
    denied = identity("Deny", Action="*", Resource="*")
    decision = decide(USER, action=action, resource="*", identity=denied)
    assert outcome(decision) == (ALLOW, None)
    assert decision.reason == f"{action} needs no permission"


def test_without_a_resource_policy_the_identity_decides() -> None:
    given: dict[str, Any] = {
        "action": "sts:GetFederationToken",
        "resource": f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
    }
    yes = identity(Action="sts:Get*", Resource="arn:aws:sts::*:federated-user/b*")
    assert outcome(decide(USER, identity=yes, **given)) == (ALLOW, IDENTITY)
    assert outcome(decide(USER, identity=yes, owner=None, **given)) == (ALLOW, IDENTITY)
    assert outcome(decide(USER, identity=identity(), **given)) == (IMPLICIT, IDENTITY)
    nobody = decide(AnonymousPrincipal(), owner=None, **given)
    assert outcome(nobody) == (IMPLICIT, PolicyKind.RESOURCE)


def test_an_action_without_resource_is_allowed_on_everything_alone() -> None:
    given: dict[str, Any] = {"action": "sts:DecodeAuthorizationMessage", "resource": "*"}
    everything = identity(Action="sts:*", Resource="*")
    assert decide(USER, identity=everything, **given).is_allowed
    some = identity(Action="sts:*", Resource="arn:aws:sts::*:*")
    assert decide(USER, identity=some, **given).effect is IMPLICIT


def test_another_resource_than_a_role_takes_either_policy_in_one_account() -> None:
    bucket = "arn:aws:s3:::b/k"
    element = statement(Action="s3:*", Resource=bucket)
    naming = policy(PolicyKind.RESOURCE, {**element, "Principal": {"AWS": ALICE.arn}})
    delegating = policy(PolicyKind.RESOURCE, {**element, "Principal": {"AWS": ACCOUNT}})
    public = policy(PolicyKind.RESOURCE, {**element, "Principal": "*"})
    given: dict[str, Any] = {"action": "s3:GetObject", "resource": bucket}
    yes = identity(Action="s3:*", Resource="*")
    assert outcome(decide(USER, trusting=naming, **given)) == (ALLOW, PolicyKind.RESOURCE)
    assert outcome(decide(ROLE_SESSION, trusting=naming, **given)) == (IMPLICIT, IDENTITY)
    assert outcome(decide(ROLE_SESSION, trusting=naming, identity=yes, **given)) == (
        ALLOW,
        IDENTITY,
    )
    assert outcome(decide(USER, trusting=delegating, **given)) == (IMPLICIT, IDENTITY)
    assert decide(USER, trusting=delegating, identity=yes, **given).is_allowed
    assert decide(AnonymousPrincipal(), trusting=public, **given).is_allowed
    assert decide(AnonymousPrincipal(), trusting=naming, **given).effect is IMPLICIT


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity"])
def test_tags_and_source_identity_are_decided_apart(action: str) -> None:
    assert decide(USER, action=action, trusting=trust(USER.arn)).effect is IMPLICIT
    both = trust(USER.arn, Action=["sts:AssumeRole", action])
    assert decide(USER, action=action, trusting=both).is_allowed
    foreign = trust(OTHER, Action="sts:*")
    given: dict[str, Any] = {"action": action, "trusting": foreign}
    assert decide(STRANGER, identity=identity(), **given).effect is IMPLICIT
    assert decide(STRANGER, identity=identity(Action=action), **given).is_allowed


def test_the_function_that_calls_is_known_to_the_policies_of_identities_alone() -> None:
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
    block = {"ArnEquals": {"lambda:SourceFunctionArn": function}}
    context = {"lambda:SourceFunctionArn": function}
    by_trust = trust(ROLE_SESSION.arn, Condition=block)
    assert decide(ROLE_SESSION, trusting=by_trust, context=context).effect is IMPLICIT
    by_identity = decide(
        ROLE_SESSION, trusting=trust(ACCOUNT), identity=identity(Condition=block), context=context
    )
    assert by_identity.is_allowed
    assert "lambda:SourceFunctionArn" in by_identity.context


def test_the_arn_of_the_principal_is_the_roles_in_conditions_and_either_in_principal() -> None:
    context = {"aws:PrincipalArn": CALLER.arn}
    role = {"ArnEquals": {"aws:PrincipalArn": CALLER.arn}}
    its_session = {"ArnEquals": {"aws:PrincipalArn": ROLE_SESSION.arn}}
    everyone = trust("*", Condition=role)
    assert decide(ROLE_SESSION, trusting=everyone, context=context).is_allowed
    never = trust("*", Condition=its_session)
    assert decide(ROLE_SESSION, trusting=never, context=context).effect is IMPLICIT


def test_all_conditions_of_a_statement_must_be_met() -> None:
    block = {
        "StringEquals": {"sts:ExternalId": ["a", "b"], "sts:RoleSessionName": "s"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    trusting = trust({"Service": EC2.service}, Condition=block)
    met = {"sts:externalid": "b", "STS:RoleSessionName": "s", "aws:securetransport": "true"}
    assert decide(EC2, trusting=trusting, context=met).is_allowed
    for key in met:
        lacking = {name: value for name, value in met.items() if name != key}
        decision = decide(EC2, trusting=trusting, context=lacking)
        assert decision.effect is IMPLICIT
        assert "statement 0 has a condition that is not met" in decision.reason


@pytest.mark.parametrize(
    ("operator", "without_mfa", "with_long_term_key"),
    [("Bool", EXPLICIT, ALLOW), ("BoolIfExists", EXPLICIT, EXPLICIT)],
)
def test_a_deny_without_mfa_misses_long_term_keys_unless_it_says_if_exists(
    operator: str, without_mfa: DecisionEffect, with_long_term_key: DecisionEffect
) -> None:
    block = {operator: {"aws:MultiFactorAuthPresent": "false"}}
    guarded = (*identity(), *identity("Deny", "mfa", Condition=block))
    given: dict[str, Any] = {"trusting": trust(ACCOUNT), "identity": guarded}
    key = "aws:MultiFactorAuthPresent"
    assert decide(USER, context={key: "true"}, **given).effect is ALLOW
    assert decide(USER, context={key: "false"}, **given).effect is without_mfa
    assert decide(USER, **given).effect is with_long_term_key


def test_a_policy_without_statements_lets_nobody_in() -> None:
    decision = decide(EC2, trusting=trust_for_services([]))
    assert decision.effect is IMPLICIT
    assert decision.failures == ("it has no Allow",)


def test_a_huge_policy_gives_a_short_reason() -> None:
    block = {"StringEquals": {"aws:x": "y"}}
    many = policy(
        PolicyKind.TRUST,
        *[statement(Principal="*", Condition=block) for _ in range(300)],
    )
    decision = decide(USER, trusting=many)
    assert decision.failures[-1] == "and so on"
    assert len(decision.failures) == 9
