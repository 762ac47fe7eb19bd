from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network

import pytest

from imds_sim.simulator.world import World
from imds_sim.sts.audit.alarms import AlarmRule

Refusal = Callable[[str], list[str]]


def test_an_alarm_arrives_as_it_is_written(world_of: Callable[[str], World]) -> None:
    world = world_of(
        "alarms:\n"
        "  a: {event_name: AssumeRole, error_code: AccessDenied, threshold: 5, period: 2m}\n"
        "  b: {source_addresses: [10.0.0.0/8], not_source_addresses: ['::1'], hoarding: 10m}\n"
        "audit: {capacity: 7, session_tokens: true}\n"
    )
    assert world.alarms == (
        AlarmRule("a", "AssumeRole", "AccessDenied", threshold=5, period=timedelta(minutes=2)),
        AlarmRule(
            "b",
            source_addresses=(ip_network("10.0.0.0/8"),),
            not_source_addresses=(ip_network("::1/128"),),
            hoarding=timedelta(minutes=10),
        ),
    )
    assert (world.audit.capacity, world.audit.session_tokens) == (7, True)


@pytest.mark.parametrize(
    ("keys", "taken"),
    [
        ("threshold: 1", True),
        ("threshold: 0", False),
        ("threshold: 10000", True),
        ("threshold: 10001", False),
        ("period: 1s", True),
        ("period: 999ms", False),
        ("period: 1d", True),
        ("period: 24h1s", False),
        ("hoarding: 0", True),
        ("hoarding: 12h", True),
        ("hoarding: 12h1s", False),
        ("error_code: InvalidAuthorizationMessageException", True),
        ("error_code: Access Denied", False),
    ],
)
def test_every_limit_has_two_sides(refusal: Refusal, keys: str, taken: bool) -> None:
    assert (refusal(f"alarms: {{a: {{event_name: AssumeRole, {keys}}}}}") == []) is taken


def test_an_event_that_does_not_exist_would_never_come(refusal: Refusal) -> None:
    (line,) = refusal("alarms: {a: {event_name: AssumeRoll}}")
    assert "must be AssumeRole, " in line


@pytest.mark.parametrize("section", ["{}", "{threshold: 5}", "{period: 1h}"])
def test_an_alarm_about_everything_is_about_nothing(refusal: Refusal, section: str) -> None:
    (line,) = refusal(f"alarms: {{a: {section}}}")
    assert "alarms.a: counts every call; give it one of event_name, error_code" in line


@pytest.mark.parametrize(("audit", "taken"), [("a.jsonl", False), ("b.jsonl", True)])
def test_journal_and_audit_have_files_of_their_own(
    refusal: Refusal, audit: str, taken: bool
) -> None:
    assert (refusal(f"journal: {{file: a.jsonl}}\naudit: {{file: {audit}}}") == []) is taken


@pytest.mark.parametrize("name", ["''", "logs/", '"a\\0b"', "5"])
def test_what_is_no_name_of_a_file_is_refused(refusal: Refusal, name: str) -> None:
    assert len(refusal(f"journal: {{file: {name}}}")) == 1
