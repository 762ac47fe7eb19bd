from collections.abc import Callable

import pytest

from imds_sim.simulator.asker import PrincipalUnknown, RoleUnknown
from imds_sim.simulator.why import Explanation, Question, explain
from tests.simulator.scenes import Scene, scene_of

WORLD = """
users:
  alice: {}
  bob:
    policies:
      roles: {Version: 2012-10-17, Statement: {Effect: Allow, Action: 'sts:*', Resource: '*'}}
  carol:
    policies:
      others:
        Version: 2012-10-17
        Statement: {Effect: Allow, Action: 'sts:*', Resource: 'arn:aws:iam::111122223333:role/x'}
roles:
  web: {}
  closed: {trust: none}
  deploy:
    trust:
      Version: 2012-10-17
      Statement:
      - {Sid: Ec2, Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}
      - Sid: Alice
        Effect: Allow
        Principal: {AWS: 'arn:aws:iam::111122223333:user/alice'}
        Action: ['sts:AssumeRole', 'sts:TagSession']
        Condition:
          StringEquals: {'sts:ExternalId': '42'}
          Bool: {'aws:MultiFactorAuthPresent': 'true'}
      - Sid: Ours
        Effect: Allow
        Principal: {AWS: '111122223333'}
        Action: 'sts:AssumeRole'
      - Sid: NotCarol
        Effect: Deny
        Principal: {AWS: '*'}
        Action: 'sts:AssumeRole'
        Condition: {StringEquals: {'aws:username': carol}}
  far:
    account: '444455556666'
    trust:
      Version: 2012-10-17
      Statement: {Effect: Allow, Principal: {AWS: '111122223333'}, Action: 'sts:AssumeRole'}
  tight:
    permissions_boundary:
      Version: 2012-10-17
      Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}
    policies:
      all: {Version: 2012-10-17, Statement: {Effect: Allow, Action: '*', Resource: '*'}}
instances: {web-1: {role: web}, web-2: {listen: ['127.0.0.1:8001']}, off: {role: closed}}
"""
Ask = Callable[..., Explanation]
ROLE = "arn:aws:iam::111122223333:role/deploy"


@pytest.fixture(scope="module")
def scene() -> Scene:
    return scene_of(WORLD)


@pytest.fixture
def ask(scene: Scene) -> Ask:
    def asked(principal: str, role: str = "deploy", **parameters: object) -> Explanation:
        return explain(scene.core, Question(principal, role, **parameters))  # type: ignore[arg-type]

    return asked


@pytest.mark.parametrize(
    ("principal", "role", "arn"),
    [
        ("ec2.amazonaws.com", "deploy", "ec2.amazonaws.com"),
        ("web-1", "web", "ec2.amazonaws.com"),
        ("user/bob", "deploy", "arn:aws:iam::111122223333:user/bob"),
        ("arn:aws:iam::111122223333:user/bob", "deploy", "arn:aws:iam::111122223333:user/bob"),
        ("user/bob", ROLE, "arn:aws:iam::111122223333:user/bob"),
        ("user/bob", "far", "arn:aws:iam::111122223333:user/bob"),
    ],
)
def test_who_can_is_told_so(ask: Ask, principal: str, role: str, arn: str) -> None:
    told = ask(principal, role)
    assert told.is_allowed
    assert told.principal == arn
    assert told.remedies == ()


def test_a_workload_asks_as_its_service_for_its_own_role_alone(ask: Ask) -> None:
    own, other = ask("web-1", "web"), ask("web-1", "deploy")
    assert own.principal == "ec2.amazonaws.com"
    assert other.principal.startswith("arn:aws:sts::111122223333:assumed-role/web/i-")
    (decision,) = other.decisions
    assert decision.context["ec2:RoleDelivery"] == "2.0"


@pytest.mark.parametrize(
    ("parameters", "allowed"),
    [
        ({"external_id": "42", "with_mfa": True}, True),
        ({"external_id": "42"}, False),
        ({"with_mfa": True}, False),
        ({"external_id": "43", "with_mfa": True}, False),
        ({"external_id": "42", "with_mfa": True, "tags": {"team": "x"}}, True),
        ({"external_id": "42", "with_mfa": True, "source_identity": "alice"}, False),
    ],
)
def test_the_parameters_of_the_call_count(
    ask: Ask, parameters: dict[str, object], allowed: bool
) -> None:
    assert ask("user/alice", **parameters).is_allowed is allowed


def test_a_condition_that_is_not_met_is_told_with_what_the_call_has(ask: Ask) -> None:
    remedies = ask("user/alice", external_id="43", with_mfa=True).remedies
    assert (
        "in statement 1 (Alice) of roles.deploy.trust: meet its condition StringEquals "
        'sts:ExternalId "42", the call has "43" (see --external-id)'
    ) in remedies
    assert f"give users.alice.policies a statement that allows sts:AssumeRole on {ROLE}" in remedies


def test_an_identity_policy_for_others_is_named(ask: Ask) -> None:
    role = "arn:aws:iam::444455556666:role/far"
    assert ask("user/carol", "far").remedies == (
        f"in statement 0 of users.carol.policies.others: cover {role} in its Resource",
        f"give users.carol.policies a statement that allows sts:AssumeRole on {role}",
    )


def test_a_deny_is_named_with_why_it_applies(ask: Ask) -> None:
    told = ask("user/carol")
    assert told.remedies == (
        "statement 3 (NotCarol) of the role trust policy must not apply (it applies because of "
        'StringEquals aws:username "carol", the call has "carol"): remove or narrow it',
    )


def test_a_role_that_trusts_nobody_needs_a_statement(ask: Ask) -> None:
    told = ask("off", "closed")
    assert told.principal == "ec2.amazonaws.com"
    assert told.remedies == (
        "give roles.closed.trust a statement that allows sts:AssumeRole to ec2.amazonaws.com",
    )


def test_a_boundary_is_told_of(ask: Ask) -> None:
    told = ask("arn:aws:iam::111122223333:role/tight")
    assert told.remedies[0] == (
        "in statement 0 of roles.tight.permissions_boundary: cover sts:AssumeRole in its Action"
    )


def test_every_action_of_a_call_is_decided(ask: Ask) -> None:
    told = ask("user/bob", tags={"team": "x"}, source_identity="bob")
    assert [(each.action, each.is_allowed) for each in told.decisions] == [
        ("sts:AssumeRole", True),
        ("sts:TagSession", False),
        ("sts:SetSourceIdentity", False),
    ]


@pytest.mark.parametrize(
    ("principal", "parameters", "code"),
    [
        ("arn:aws:iam::111122223333:root", {}, "AccessDenied"),
        ("arn:aws:sts::111122223333:federated-user/bob", {}, "AccessDenied"),
        ("user/bob", {"session_name": "a b"}, "ValidationError"),
        ("user/bob", {"tags": {"aws:x": "y"}}, "InvalidParameterValue"),
    ],
)
def test_what_is_refused_before_any_policy_is_told_in_the_words_of_the_sts(
    ask: Ask, principal: str, parameters: dict[str, object], code: str
) -> None:
    told = ask(principal, **parameters)
    assert not told.is_allowed
    assert told.refusal is not None
    assert told.refusal[0] == code


@pytest.mark.parametrize(
    ("principal", "hint"),
    [
        ("web-9", "did you mean web-"),
        ("user/dave", "there are alice, bob, carol"),
        ("arn:aws:iam::111122223333:user/dave", "nobody of the configuration"),
        ("arn:aws:sts::111122223333:assumed-role/nine/s", "nobody of the configuration"),
        ("arn:aws:iam", "is not an ARN"),
        ("web-2", "has no role"),
        ("off", "has no credentials of its own"),
    ],
)
def test_an_unknown_principal_is_told_who_there_is(ask: Ask, principal: str, hint: str) -> None:
    with pytest.raises(PrincipalUnknown, match=hint):
        ask(principal)


def test_an_unknown_role_is_told_which_was_meant(ask: Ask) -> None:
    with pytest.raises(RoleUnknown, match="did you mean deploy"):
        ask("user/bob", "deplyo")


def test_nothing_is_minted_by_asking(scene: Scene, ask: Ask) -> None:
    before = scene.credentials()
    ask("web-1", "web")
    ask("user/bob", tags={})
    assert scene.credentials() == before


def test_an_explanation_is_plain_data(ask: Ask) -> None:
    document = ask("user/alice").document()
    assert document["allowed"] is False
    assert document["role"] == ROLE
    assert document["refusal"] is None
