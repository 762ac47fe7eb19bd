from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.iam.accounts import Account
from imds_sim.iam.authorize import Call, authorize
from imds_sim.iam.decision import DecisionEffect
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import Policy
from imds_sim.iam.entities import Role, User
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principals import (
    Caller,
    FederatedUserPrincipal,
    Requester,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)
from imds_sim.iam.request import SessionPolicies
from tests.iam.scenes import ACCOUNT, OTHER, boundary, identity, rcp, scp, session, trust

MakeRole = Callable[..., Role]
EC2 = ServicePrincipal("ec2.amazonaws.com")


def call(principal: Requester, role: Role, session_policies: SessionPolicies | None = None) -> Call:
    return Call(
        principal,
        "sts:AssumeRole",
        role.arn,
        role.account,
        role.trust,
        session_policies=session_policies,
    )


def callers(make_role: MakeRole, alice: User) -> list[tuple[Caller, SessionPolicies | None]]:
    """A user, a role session and a federated session whose identity policies let them assume."""
    able = replace(alice, policies=identity())
    caller = make_role("caller", policies=identity())
    return [
        (UserPrincipal(able), None),
        (RoleSessionPrincipal(caller, "s1"), None),
        (FederatedUserPrincipal(able, ACCOUNT, "aws", "bob"), session()),
    ]


def test_the_policies_of_the_caller_come_with_it(make_role: MakeRole, alice: User) -> None:
    role = make_role(trust=trust(ACCOUNT))
    for principal, session_policies in callers(make_role, alice):
        decision = authorize(Directory(), call(principal, role, session_policies))
        assert decision.is_allowed
        assert [each.policy for each in decision.matched if each.kind == "identity"] == ["assume"]
    assert not authorize(Directory(), call(UserPrincipal(alice), role)).is_allowed


def test_the_boundary_of_the_caller_comes_with_it(make_role: MakeRole, alice: User) -> None:
    role = make_role(trust=trust(ACCOUNT))
    bounds = boundary("Deny")
    bounded = replace(alice, policies=identity(), permissions_boundary=bounds)
    caller = make_role("caller", policies=identity(), permissions_boundary=bounds)
    for principal in (UserPrincipal(bounded), RoleSessionPrincipal(caller, "s1")):
        decision = authorize(Directory(), call(principal, role))
        assert decision.effect is DecisionEffect.EXPLICIT_DENY
        assert decision.policy_kind is PolicyKind.BOUNDARY


def test_session_policies_come_with_the_call(make_role: MakeRole) -> None:
    caller = RoleSessionPrincipal(make_role("caller", policies=identity()), "s1")
    role = make_role(trust=trust(ACCOUNT))
    assert authorize(Directory(), call(caller, role, session())).is_allowed
    limited = authorize(Directory(), call(caller, role, SessionPolicies(())))
    assert limited.policy_kind is PolicyKind.SESSION


@pytest.mark.parametrize(
    ("scps_of", "rcps_of", "decided_by"),
    [
        (ACCOUNT, None, PolicyKind.TRUST),
        (OTHER, None, PolicyKind.SERVICE_CONTROL),
        (None, ACCOUNT, PolicyKind.RESOURCE_CONTROL),
        (None, OTHER, PolicyKind.TRUST),
    ],
)
def test_service_control_is_of_the_callers_account_and_resource_control_of_the_roles(
    make_role: MakeRole, scps_of: str | None, rcps_of: str | None, decided_by: PolicyKind
) -> None:
    accounts = [
        Account(
            id=account,
            scps=((scp("Deny"),),) if account == scps_of else (),
            rcps=((rcp(),),) if account == rcps_of else (),
        )
        for account in (ACCOUNT, OTHER)
    ]
    directory = Directory.of([], accounts=accounts)
    stranger = make_role("caller", account=OTHER, policies=identity())
    role = make_role(trust=trust(OTHER))
    decision = authorize(directory, call(RoleSessionPrincipal(stranger, "s1"), role))
    assert decision.policy_kind is decided_by
    assert decision.is_allowed is (decided_by is PolicyKind.TRUST)


def test_a_service_is_bound_by_what_guards_the_role_alone(make_role: MakeRole) -> None:
    role = make_role()
    guarded = Account(ACCOUNT, scps=((scp("Deny"),),))
    assert authorize(Directory.of([], accounts=[guarded]), call(EC2, role)).is_allowed
    guarded = replace(guarded, rcps=((rcp(),),))
    assert not authorize(Directory.of([], accounts=[guarded]), call(EC2, role)).is_allowed


def test_root_is_bound_by_service_control_policies() -> None:
    root = RootPrincipal(ACCOUNT, "aws")
    asked = Call(root, "sts:GetAccessKeyInfo", "*")
    assert authorize(Directory(), asked).is_allowed
    nothing: tuple[Policy, ...] = ()
    directory = Directory.of([], accounts=[Account(ACCOUNT, scps=(nothing,))])
    assert not authorize(directory, asked).is_allowed
