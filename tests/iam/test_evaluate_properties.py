"""What holds of every evaluation, whatever the policies say."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imds_sim.iam.context import ContextValue
from imds_sim.iam.document import NamedPolicy, Policy, Statement, trust_for_services
from imds_sim.iam.entities import Role, User
from imds_sim.iam.grammar import parse_policy
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
from imds_sim.iam.request import PolicySet, SessionPolicies
from tests.iam.scenes import ACCOUNT, OTHER, decide

ALICE = User("aws", ACCOUNT, "alice", "AIDAALICEAAAAAAAAAAAA")
CALLER = Role("aws", ACCOUNT, "caller", "AROACALLERAAAAAAAAAAA", trust_for_services([]))
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"
REQUESTERS: list[Requester] = [
    UserPrincipal(ALICE),
    RoleSessionPrincipal(CALLER, "s1"),
    FederatedUserPrincipal(ALICE, ACCOUNT, "aws", "bob"),
    RootPrincipal(ACCOUNT, "aws"),
    ServicePrincipal("ec2.amazonaws.com"),
    FederatedPrincipal(PROVIDER),
    AnonymousPrincipal(),
]
NAMES = ["*", ACCOUNT, OTHER, ALICE.arn, CALLER.arn]
NAMES.append(f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/s1")
PRINCIPALS = [
    "*",
    *({"AWS": name} for name in NAMES),
    {"Service": "ec2.amazonaws.com"},
    {"Federated": PROVIDER},
]

effects = st.sampled_from(["Allow", "Allow", "Deny"])
actions = st.sampled_from(["sts:AssumeRole", "sts:*", "sts:TagSession"])
resources = st.sampled_from(["*", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/${aws:username}"])
conditions = st.dictionaries(
    st.sampled_from(
        ["StringEquals", "StringNotEquals", "StringLikeIfExists", "ForAnyValue:StringLike",
         "ForAllValues:StringNotLike", "Null", "Bool"]
    ),
    st.dictionaries(
        st.sampled_from(["aws:username", "aws:TagKeys", "aws:gone"]),
        st.sampled_from(["alice", "true", "false", "a*", "${aws:username}"]),
        max_size=2,
    ),
    max_size=2,
)  # fmt: skip
contexts: st.SearchStrategy[dict[str, ContextValue]] = st.fixed_dictionaries(
    {},
    optional={
        "aws:username": st.sampled_from(["alice", "true"]),
        "aws:TagKeys": st.sampled_from([(), ("a",), ("a", "b")]),
    },
)


def policies(kind: PolicyKind) -> st.SearchStrategy[Policy]:
    elements: dict[str, st.SearchStrategy[Any]] = {
        "Effect": effects,
        "Action": actions,
        "Condition": conditions,
    }
    if kind in (PolicyKind.TRUST, PolicyKind.RESOURCE):
        elements["Principal"] = st.sampled_from(PRINCIPALS)
    if kind is PolicyKind.RESOURCE_CONTROL:
        elements["Principal"] = st.just("*")
    if kind is not PolicyKind.TRUST:
        elements["Resource"] = resources
    statements = st.lists(st.fixed_dictionaries(elements), min_size=1, max_size=3)
    return statements.map(
        lambda listed: parse_policy({"Version": "2012-10-17", "Statement": listed}, kind)
    )


def levels(kind: PolicyKind) -> st.SearchStrategy[tuple[tuple[Policy, ...], ...]]:
    return st.lists(st.lists(policies(kind), min_size=1, max_size=2).map(tuple), max_size=2).map(
        tuple
    )


optional_boundary = st.none() | policies(PolicyKind.BOUNDARY)
sessions = st.lists(policies(PolicyKind.SESSION), max_size=2).map(
    lambda listed: SessionPolicies(tuple(listed))
)
sets: st.SearchStrategy[PolicySet] = st.builds(
    PolicySet,
    identity=st.lists(policies(PolicyKind.IDENTITY), max_size=2).map(
        lambda listed: tuple(NamedPolicy(f"p{i}", each) for i, each in enumerate(listed))
    ),
    boundary=optional_boundary,
    session=st.none() | sessions,
    resource=st.none() | policies(PolicyKind.TRUST) | policies(PolicyKind.RESOURCE),
    scps=levels(PolicyKind.SERVICE_CONTROL),
    rcps=levels(PolicyKind.RESOURCE_CONTROL),
)
requests = st.fixed_dictionaries(
    {
        "principal": st.sampled_from(REQUESTERS),
        "owner": st.sampled_from([ACCOUNT, OTHER, None]),
        "context": contexts,
    }
)


def allowed(asked: dict[str, Any], given_set: PolicySet) -> bool:
    named = {name: getattr(given_set, name) for name in PolicySet.__slots__ if name != "resource"}
    return decide(**asked, trusting=given_set.resource, **named).is_allowed


def changed(original: PolicySet, **fields: Any) -> PolicySet:
    return PolicySet(**{**{n: getattr(original, n) for n in PolicySet.__slots__}, **fields})


def shuffled(policy: Policy, data: st.DataObject) -> Policy:
    statements = data.draw(st.permutations(policy.statements))
    return Policy(tuple(statements), policy.version, kind=policy.kind)


def denying(policy: Policy) -> tuple[Statement, ...]:
    return tuple(each for each in policy.statements if each.effect == "Deny")


@given(requests, sets, policies(PolicyKind.IDENTITY), policies(PolicyKind.TRUST))
def test_a_deny_never_widens(
    asked: dict[str, Any], given_set: PolicySet, one: Policy, two: Policy
) -> None:
    extra = NamedPolicy("deny", Policy(denying(one), kind=PolicyKind.IDENTITY))
    tighter = changed(given_set, identity=(*given_set.identity, extra))
    if given_set.resource is not None:
        both = (*given_set.resource.statements, *denying(two))
        tighter = changed(tighter, resource=Policy(both, kind=given_set.resource.kind))
    assert not allowed(asked, tighter) or allowed(asked, given_set)


@given(requests, sets, st.data())
def test_order_never_matters(
    asked: dict[str, Any], given_set: PolicySet, data: st.DataObject
) -> None:
    identity = [NamedPolicy(e.name, shuffled(e.policy, data)) for e in given_set.identity]
    limits = given_set.session
    other = changed(
        given_set,
        identity=tuple(data.draw(st.permutations(identity))),
        resource=None if given_set.resource is None else shuffled(given_set.resource, data),
        session=None if limits is None else SessionPolicies(limits.policies[::-1]),
        scps=tuple(level[::-1] for level in given_set.scps[::-1]),
    )
    assert allowed(asked, other) is allowed(asked, given_set)


@given(requests, sets, sessions, policies(PolicyKind.BOUNDARY))
def test_session_policies_and_a_boundary_never_widen(
    asked: dict[str, Any], given_set: PolicySet, limits: SessionPolicies, bounds: Policy
) -> None:
    free = changed(given_set, session=None, boundary=None)
    if isinstance(asked["principal"], FederatedUserPrincipal):  # it may nothing without them
        free = changed(given_set, boundary=None)
        limited = changed(given_set, boundary=bounds)
    else:
        limited = changed(given_set, session=limits, boundary=bounds)
    assert not allowed(asked, limited) or allowed(asked, free)


@given(requests, sets, levels(PolicyKind.SERVICE_CONTROL), levels(PolicyKind.RESOURCE_CONTROL))
def test_control_policies_never_widen(
    asked: dict[str, Any], given_set: PolicySet, scps: Any, rcps: Any
) -> None:
    limited = changed(given_set, scps=(*given_set.scps, *scps), rcps=(*given_set.rcps, *rcps))
    assert not allowed(asked, limited) or allowed(asked, given_set)


@given(requests, sets)
def test_without_an_allow_nobody_assumes_a_role(
    asked: dict[str, Any], given_set: PolicySet
) -> None:
    resource = given_set.resource
    barren = changed(
        given_set,
        identity=(),
        resource=None if resource is None else Policy(denying(resource), kind=resource.kind),
    )
    assert not allowed(asked, barren)
