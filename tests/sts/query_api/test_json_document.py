import json

import pytest

from imds_sim.kernel.message import Headers, Request
from imds_sim.sts.query_api.json_document import accepts_json
from tests.sts.scene import ALICE, DEPLOY, WEB, Sts, answer, form, post, signed

WHO = form("GetCallerIdentity")
JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("application/json", True),
        ("Application/JSON; q=0.9, text/xml", True),
        ("text/xml, application/json", True),
        ("*/*", False),
        ("application/*", False),
        ("text/xml", False),
        ("", False),
    ],
)
def test_json_is_for_who_lists_it(accept: str, wanted: bool) -> None:
    assert accepts_json(Request("GET", "/", Headers([("Accept", accept)]))) is wanted


def test_nobody_who_is_silent_gets_json() -> None:
    assert not accepts_json(Request("GET", "/"))


def test_who_is_calling_in_json(sts: Sts) -> None:
    response = answer(sts, signed(sts, post(WHO, JSON)))
    fields = dict(response.headers)
    assert fields["Content-Type"] == "application/json"
    assert response.body.decode() == (
        '{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{'
        f'"Arn":"{ALICE.arn}","UserId":"{ALICE.unique_id}","Account":"{ALICE.account}"}},'
        f'"ResponseMetadata":{{"RequestId":"{fields["x-amzn-RequestId"]}"}}}}}}'
    )


def test_an_expiration_in_json_is_a_number(sts: Sts) -> None:
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="ci-1")
    response = answer(sts, signed(sts, post(asked, JSON)))
    result = json.loads(response.body)["AssumeRoleResponse"]["AssumeRoleResult"]
    assert list(result) == ["AssumedRoleUser", "Credentials"]
    assert result["Credentials"]["Expiration"] == 1767323045 + 3600
    assert sorted(result["Credentials"]) == [
        "AccessKeyId",
        "Expiration",
        "SecretAccessKey",
        "SessionToken",
    ]


def test_an_error_in_json(sts: Sts) -> None:
    asked = form("AssumeRole", RoleArn=WEB.arn, RoleSessionName="s1")
    response = answer(sts, signed(sts, post(asked, JSON)))
    request_id = dict(response.headers)["x-amzn-RequestId"]
    assert response.status == 403
    assert json.loads(response.body) == {
        "Error": {
            "Code": "AccessDenied",
            "Message": f"User: {ALICE.arn} is not authorized to perform: sts:AssumeRole on "
            f"resource: {WEB.arn}",
            "Type": "Sender",
        },
        "RequestId": request_id,
    }


def test_an_error_without_message_has_none(sts: Sts) -> None:
    asked = form("GetSessionToken", DurationSeconds="x")
    response = answer(sts, signed(sts, post(asked, JSON)))
    assert json.loads(response.body)["Error"] == {"Code": "MalformedInput", "Type": "Sender"}


def test_a_parameter_asks_for_json_too(sts: Sts) -> None:
    response = answer(sts, signed(sts, post(form("GetCallerIdentity", ContentType="JSON"))))
    assert json.loads(response.body)
