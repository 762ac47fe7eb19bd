from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from imds_sim.sts.audit.alarms import AlarmRule, Alarms, State
from imds_sim.sts.audit.hoarding import REMEMBERED, HandedOut

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FIVE_REFUSED = AlarmRule("refused", "AssumeRole", "AccessDenied", threshold=5, period=MINUTE)


def call(
    event_name: str = "AssumeRole",
    error_code: str | None = "AccessDenied",
    source: str = "192.0.2.10",
    key_id: str = "AKIA",
) -> dict[str, Any]:
    error = {} if error_code is None else {"errorCode": error_code}
    identity = {"type": "IAMUser", "accessKeyId": key_id}
    return {
        "eventName": event_name, "userIdentity": identity, "sourceIPAddress": source, **error,
    }  # fmt: skip


def state(alarms: Alarms, at: datetime = NOW) -> State:
    [only] = alarms.states(at)
    return only.state


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param((0, 1, 2, 3), State.OK, id="four"),
        pytest.param((0, 1, 2, 3, 4), State.ALARM, id="five"),
        pytest.param((0, 1, 2, 3, 59), State.ALARM, id="five within a minute"),
        pytest.param((0, 1, 2, 3, 60), State.OK, id="five in a minute and a bit"),
        pytest.param((0, 1, 2, 3, 60, 60), State.ALARM, id="the last five within one"),
    ],
)
def test_five_refusals_within_a_minute_raise_the_alarm(
    seconds: tuple[int, ...], expected: State
) -> None:
    alarms = Alarms([FIVE_REFUSED])
    for each in seconds:
        alarms.observe(call(), NOW + each * SECOND)
    assert state(alarms, NOW + seconds[-1] * SECOND) is expected


@pytest.mark.parametrize(("after", "expected"), [(59, State.ALARM), (60, State.OK)])
def test_it_ends_when_the_calls_lie_too_far_back(after: int, expected: State) -> None:
    alarms = Alarms([AlarmRule("one", error_code="AccessDenied")])
    alarms.observe(call(), NOW)
    assert state(alarms, NOW + after * SECOND) is expected


def test_a_clock_that_went_back_ends_what_has_not_happened_yet() -> None:
    alarms = Alarms([AlarmRule("one", error_code="AccessDenied")])
    alarms.observe(call(), NOW)
    assert state(alarms, NOW - SECOND) is State.OK


INSIDE, OUTSIDE = (ip_network("192.0.2.0/24"),), (ip_network("198.51.100.0/24"),)


@pytest.mark.parametrize(
    ("rule", "record", "counts"),
    [
        (AlarmRule("a", event_name="AssumeRole"), call(), True),
        (AlarmRule("a", event_name="AssumeRoot"), call(), False),
        (AlarmRule("a", error_code="AccessDenied"), call(), True),
        (AlarmRule("a", error_code="AccessDenied"), call(error_code="ValidationError"), False),
        (AlarmRule("a", error_code="AccessDenied"), call(error_code=None), False),
        (AlarmRule("a", source_addresses=INSIDE), call(), True),
        (AlarmRule("a", source_addresses=OUTSIDE), call(), False),
        (AlarmRule("a", not_source_addresses=INSIDE), call(), False),
        (AlarmRule("a", not_source_addresses=OUTSIDE), call(), True),
        (AlarmRule("a", source_addresses=INSIDE), call(source="ec2.amazonaws.com"), False),
        (AlarmRule("a", not_source_addresses=INSIDE), call(source="ec2.amazonaws.com"), False),
        (AlarmRule("a", not_source_addresses=INSIDE), call(source="AWS Internal"), False),
        (AlarmRule("a", source_addresses=INSIDE), call(source="::1"), False),
        (AlarmRule("a", event_name="AssumeRole", source_addresses=OUTSIDE), call(), False),
    ],
)
def test_a_call_counts_if_it_meets_every_condition(
    rule: AlarmRule, record: dict[str, Any], counts: bool
) -> None:
    alarms = Alarms([rule])
    alarms.observe(record, NOW)
    assert state(alarms) is (State.ALARM if counts else State.OK)


def test_a_change_is_logged_with_the_call_that_made_it(caplog: pytest.LogCaptureFixture) -> None:
    alarms = Alarms([AlarmRule("one", error_code="AccessDenied")])
    alarms.observe(call(), NOW)
    alarms.observe(call(), NOW)
    alarms.look(NOW + MINUTE)
    raised, ended = caplog.records
    assert (raised.message, raised.levelname) == ("alarm.state_changed", "WARNING")
    assert (raised.__dict__["alarm"], raised.__dict__["state"]) == ("one", State.ALARM)
    assert raised.__dict__["source"] == "192.0.2.10"
    assert (ended.__dict__["state"], ended.__dict__["was"]) == (State.OK, State.ALARM)


def test_a_reload_keeps_an_alarm_whose_rule_stayed() -> None:
    rule = AlarmRule("one", error_code="AccessDenied")
    alarms = Alarms([rule])
    alarms.observe(call(), NOW)
    alarms.adopt([rule])
    assert state(alarms) is State.ALARM
    alarms.adopt([AlarmRule("one", error_code="AccessDenied", threshold=2)])
    assert state(alarms) is State.OK


def test_a_reset_ends_every_alarm() -> None:
    alarms = Alarms([AlarmRule("one", error_code="AccessDenied")])
    alarms.observe(call(), NOW)
    alarms.clear()
    assert state(alarms) is State.OK


@pytest.mark.parametrize(
    ("key_id", "after", "expected"),
    [
        pytest.param("OLD", 10 * MINUTE, State.OK, id="replaced, just long enough ago"),
        pytest.param("OLD", 10 * MINUTE + SECOND, State.ALARM, id="replaced longer ago"),
        pytest.param("NEW", 20 * MINUTE, State.OK, id="the newest"),
        pytest.param("OTHER", 20 * MINUTE, State.OK, id="of another holder"),
        pytest.param("AKIA", 20 * MINUTE, State.OK, id="never handed out"),
    ],
)
def test_credentials_are_hoarded_if_their_holder_was_long_handed_newer_ones(
    key_id: str, after: timedelta, expected: State
) -> None:
    alarms = Alarms([AlarmRule("hoarded", hoarding=10 * MINUTE)])
    alarms.handed_out("web-1 2", "OLD", NOW - MINUTE)
    alarms.handed_out("web-1 2", "NEW", NOW)
    alarms.handed_out("web-1 2", "NEW", NOW + MINUTE)  # read again: it was replaced at NOW
    alarms.handed_out("web-1 1", "OTHER", NOW)
    alarms.observe(call("GetCallerIdentity", None, key_id=key_id), NOW + after)
    assert state(alarms, NOW + after) is expected


def test_nothing_is_remembered_of_holders_unless_an_alarm_asks() -> None:
    alarms = Alarms([AlarmRule("one", error_code="AccessDenied")])
    alarms.handed_out("web-1", "OLD", NOW)
    alarms.handed_out("web-1", "NEW", NOW)
    alarms.adopt([AlarmRule("hoarded", hoarding=timedelta(0))])
    alarms.observe(call(key_id="OLD"), NOW + MINUTE)
    assert state(alarms, NOW + MINUTE) is State.OK


@pytest.mark.parametrize(("newer", "known"), [(REMEMBERED, True), (REMEMBERED + 1, False)])
def test_so_many_replaced_keys_of_a_holder_are_remembered(newer: int, known: bool) -> None:
    handed_out = HandedOut()
    for number in range(newer + 1):
        handed_out.note("web-1", f"KEY{number}", NOW)
    assert (handed_out.replaced_for("KEY0", NOW) is not None) is known
