import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.iam.authorize import Call, authorize
from imds_sim.iam.decision import Decision
from imds_sim.iam.directory import Directory
from imds_sim.iam.principals import UserPrincipal
from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import AccessDenied, InvalidAuthorizationMessage, ValidationError
from imds_sim.sts.operations.decode_authorization_message import DecodeAuthorizationMessageRequest
from imds_sim.sts.signer import Signer
from tests.sts.scene import ACCOUNT, ALICE, BOB, BY_ALICE, BY_BOB, Sts, granted

ARN = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/*"
DAY = timedelta(hours=24)


def denial(signer: Signer = BY_ALICE, context: dict[str, str] | None = None) -> Decision:
    """EC2 does not let somebody run an instance."""
    keys = {"ec2:Tenancy": "default"} if context is None else context
    call = Call(signer.principal, "ec2:RunInstances", ARN, context=keys)
    return authorize(Directory.of([]), call)


def decode(sts: Sts, message: str, signer: Signer = BY_BOB) -> str:
    return sts.service.decode_authorization_message(
        signer, DecodeAuthorizationMessageRequest(message)
    )


def test_a_denial_is_told_to_whom_may_know_it(sts: Sts) -> None:
    message = sts.service.encode_authorization_message(denial(), BY_ALICE)
    assert re.fullmatch("[A-Za-z0-9_-]{100,10240}", message)
    assert decode(sts, message) == (
        '{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},'
        '"failures":{"items":[]},"context":{"principal":{"id":"' + ALICE.unique_id + '",'
        '"name":"alice","arn":"' + ALICE.arn + '"},"action":"ec2:RunInstances",'
        '"resource":"' + ARN + '","conditions":{"items":[{"key":"ec2:Tenancy",'
        '"values":{"items":[{"value":"default"}]}}]}}}'
    )


def test_an_explicit_deny_shows_the_statement(sts: Sts) -> None:
    policies = granted(
        "ec2:*",
        Effect="Deny",
        Sid="NoInstances",
        Condition={"StringEquals": {"ec2:Tenancy": ["default", "host"]}},
    )
    signer = Signer(UserPrincipal(replace(ALICE, policies=policies)))
    message = sts.service.encode_authorization_message(denial(signer), signer)
    document = json.loads(decode(sts, message))
    assert document["explicitDeny"] is True
    [statement] = document["matchedStatements"]["items"]
    assert statement == {
        "statementId": "NoInstances",
        "effect": "DENY",
        "principals": {"items": [{"value": ALICE.unique_id}]},
        "principalGroups": {"items": []},
        "actions": {"items": [{"value": "ec2:*"}]},
        "resources": {"items": [{"value": "*"}]},
        "conditions": {
            "items": [
                {
                    "key": "ec2:Tenancy",
                    "values": {"items": [{"value": "default"}, {"value": "host"}]},
                }
            ]
        },
    }


def test_a_role_session_has_an_id_and_no_name(sts: Sts) -> None:
    signer = sts.signer(sts.on_instance().credentials)
    message = sts.service.encode_authorization_message(denial(signer), signer)
    principal = json.loads(decode(sts, message))["context"]["principal"]
    assert principal == {"id": signer.principal.user_id, "arn": signer.principal.arn}


def test_reading_it_is_a_permission(sts: Sts) -> None:
    message = sts.service.encode_authorization_message(denial(), BY_ALICE)
    with pytest.raises(AccessDenied) as denied:
        decode(sts, message, BY_ALICE)
    assert denied.value.message == (
        f"User: {ALICE.arn} is not authorized to perform: sts:DecodeAuthorizationMessage because "
        "no identity-based policy allows the sts:DecodeAuthorizationMessage action"
    )


def test_a_message_is_for_its_account_only(sts: Sts) -> None:
    message = sts.service.encode_authorization_message(denial(), BY_ALICE)
    foreign = Signer(UserPrincipal(replace(BOB, account="444455556666")))
    with pytest.raises(InvalidAuthorizationMessage):
        decode(sts, message, foreign)


def test_a_message_can_be_read_for_a_day(sts: Sts) -> None:
    message = sts.service.encode_authorization_message(denial(), BY_ALICE)
    sts.clock.advance(DAY - timedelta(seconds=1))
    decode(sts, message)
    sts.clock.advance(timedelta(seconds=1))
    with pytest.raises(InvalidAuthorizationMessage):
        decode(sts, message)


@pytest.mark.parametrize("spoilt", ["x", "a" * 10240, "é", "====", "AAAA\n"])
def test_what_is_no_message_is_invalid(sts: Sts, spoilt: str) -> None:
    with pytest.raises(InvalidAuthorizationMessage) as refused:
        decode(sts, spoilt)
    assert refused.value.code == "InvalidAuthorizationMessageException"


def test_no_character_of_a_message_can_be_changed_added_or_removed(sts: Sts) -> None:
    message = sts.service.encode_authorization_message(denial(), BY_ALICE)
    for at in range(0, len(message), 7):
        other = "A" if message[at] != "A" else "B"
        for spoilt in (message[:at] + other + message[at + 1 :], message[:at], message + "A"):
            with pytest.raises((InvalidAuthorizationMessage, ValidationError)):
                decode(sts, spoilt)


@pytest.mark.parametrize(
    ("message", "good"),
    [("x", True), ("x" * 10240, True), ("", False), ("x" * 10241, False), (ABSENT, False)],
)
def test_a_message_has_1_to_10240_characters(message: str, good: bool) -> None:
    assert (DecodeAuthorizationMessageRequest(message).violations() == []) is good


def test_an_enormous_context_still_makes_a_message_that_can_be_sent(sts: Sts) -> None:
    noise = "".join(chr(0x4E00 + index * index * 31 % 20000) for index in range(20_000))
    message = sts.service.encode_authorization_message(
        denial(context={"aws:UserAgent": noise}), BY_ALICE
    )
    assert len(message) <= 10240
    assert json.loads(decode(sts, message))["context"]["action"] == "ec2:RunInstances"
