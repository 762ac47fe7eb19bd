import json
from pathlib import Path
from typing import Any

import pytest

from imds_sim.sts.audit.trail import HIDDEN
from imds_sim.sts.query_api.table import OPERATIONS as SIGNED
from imds_sim.sts.query_api.table import UNSIGNED_OPERATIONS as UNSIGNED
from tests.sts.audit.day import Day, lines
from tests.sts.audit.records import OPERATIONS, faults_of

GOLDEN = (Path(__file__).parent / "day.jsonl").read_text().splitlines()


@pytest.fixture(scope="module")
def day() -> Day:
    lived = Day()
    lived.lives_through()
    return lived


def test_the_audit_of_a_scripted_day_is_the_one_that_was_read() -> None:
    assert list(lines()) == GOLDEN


@pytest.mark.parametrize("line", GOLDEN)
def test_every_record_has_the_shape_of_its_operation(line: str) -> None:
    assert faults_of(json.loads(line)) == []


def test_every_operation_has_a_schema_and_its_day() -> None:
    served = {*SIGNED, *UNSIGNED}
    assert served <= set(OPERATIONS)
    assert {json.loads(line)["eventName"] for line in GOLDEN} == served


def test_no_secret_is_in_the_audit(day: Day) -> None:
    text = "\n".join(map(json.dumps, day.core.audit))
    assert len(day.secrets) > 20
    assert [secret for secret in day.secrets if secret in text] == []


def test_session_tokens_are_there_if_they_are_asked_for() -> None:
    day = Day(session_tokens=True)
    day.lives_through()
    text = "\n".join(map(json.dumps, day.core.audit))
    assert HIDDEN not in text
    assert all(faults_of(record) == [] for record in day.core.audit)
    shown = {secret for secret in day.secrets if secret in text}
    assert shown == {secret for secret in day.secrets if secret.startswith("IQoJb3JpZ2lu")}


def records_where(day: Day, **members: str) -> list[dict[str, Any]]:
    return [
        record
        for record in day.core.audit
        if all(record.get(name) == value for name, value in members.items())
    ]


def test_a_call_across_accounts_is_told_to_both_and_the_caller_is_named_to_its_own(
    day: Day,
) -> None:
    [told] = [
        record["requestID"]
        for record in records_where(day, recipientAccountId="444455556666")
        if record["userIdentity"]["type"] == "AWSAccount"
    ]
    ours, theirs = records_where(day, requestID=told)
    assert ours["sharedEventID"] == theirs["sharedEventID"]
    assert ours["eventID"] != theirs["eventID"]
    assert ours["userIdentity"]["userName"] == "alice"
    assert set(theirs["userIdentity"]) == {"type", "principalId", "accountId"}


def test_the_request_id_is_the_one_that_the_client_was_told() -> None:
    day = Day()
    response = day.call(Day.alice(), "GetCallerIdentity")
    [record] = day.core.audit
    assert dict(response.headers)["x-amzn-RequestId"] == record["requestID"]
    assert str(record["requestID"]) in response.body.decode()


@pytest.mark.parametrize("action", ["AssumeRole", "GetCallerIdentity", "GetNothing"])
def test_a_call_of_somebody_unknown_is_not_recorded(action: str) -> None:
    day = Day()
    day.call(Day.forger(), action)
    assert list(day.core.audit) == []


@pytest.mark.parametrize(
    ("subject", "claims", "forged", "recorded"),
    [
        pytest.param("repo:octo/cat", {}, False, [None], id="who may"),
        pytest.param(
            "repo:evil/cat", {}, False, ["AccessDenied"], id="whom the role does not trust"
        ),
        pytest.param("repo:octo/cat", {}, True, [], id="who holds no token of the provider"),
        pytest.param("repo:octo/cat", {"exp": 0}, False, [], id="whose token has expired"),
    ],
)
def test_a_web_identity_is_recorded_if_its_provider_vouches_for_it(
    subject: str, claims: dict[str, object], forged: bool, recorded: list[str | None]
) -> None:
    day = Day()
    token = day.github(subject, **claims)
    day.with_web_identity(token[:-8] + "AAAAAAAA" if forged else token)
    assert [record.get("errorCode") for record in day.core.audit] == recorded
