"""Faults as other catalogues write them, and what is written for them here."""

import pytest

from imds_sim.faults.errors import FaultInvalid
from imds_sim.faults.grammar import parse
from imds_sim.faults.match import Target
from imds_sim.faults.reach import surfaces_of, surfaces_of_target

HERE = ""  # written here as there

# What SDKs meet, one line each, as a catalogue of failure scenarios has them.
SCENARIOS = {
    **dict.fromkeys(
        (
            *("token:403", "token:404", "token:405", "token:400", "token:503*1", "token:500"),
            *("token:delay=2s", "token:hang", "token:drop", "token:reset", "token:no-ttl-header"),
            *("token:empty", "token:ttl=5", "token:revoke", "v1:off", "role:none", "role:empty"),
            *("role:two", "role:newline", "role:500", "role:renamed", "cred:404", "cred:500"),
            *("cred:429", "cred:bad-json", "cred:truncated", "cred:html", "cred:empty"),
            *("cred:huge", "cred:code=AssumeRoleUnauthorizedAccess", "cred:code=Failed"),
            *("cred:extra", "cred:micros", "cred:lowercase-keys", "cred:expired", "cred:life=120s"),
            *("cred:stale", "cred:future-skew", "cred:rotate", "extended:404", "extended:200"),
            *("extended:403", "extended:500", "ecs:401", "ecs:403", "ecs:404", "ecs:429"),
            *("ecs:500", "ecs:bad-json", "ecs:slow", "ecs:missing", "ecs:wrong-token"),
            *("conn:close-each", "conn:half-close"),
        ),
        HERE,
    ),
    "token:403,v2-required": "token:403&v1:off",
    "token:403 / 404 / 405": "token:403",
    "role:503*n": "role:503*1",
    "cred:503*n": "cred:503*1",
    "cred:404/500/503*n/429": "cred:404",
    "ecs:503*n": "ecs:503*1",
    "ecs:401/403/404/429/500/503*n/bad-json/slow/missing": "ecs:401",
    "outage:after=N": "outage:500+3",
    "outage:after=3": "outage:500+3",
    "disabled": "imds:disabled",
    "unreachable": "imds:unreachable",
    "throttle:N/s": "throttle:rate=5",
    "throttle:40/s": "throttle:rate=40",
    "http10": "conn:http10",
}
# Cases of a container endpoint, without target.
CASES = {
    "uninitialized": "ecs:uninitialized",
    "unknown_id": "ecs:unknown-id",
    "throttle": "throttle:rate=5",
    "bad_auth": "eks:bad-auth",
    "wrong_host": "eks:wrong-host",
    "token_expired": "eks:token-expired",
    "token_not_yet_valid": "eks:token-not-yet-valid",
    "token_unparseable": "eks:token-unparseable",
    "stale": "cred:expired",
    "short_lived": "cred:life=120s",
    "date_offset": "cred:date-offset",
    "date_basic": "cred:date-basic",
    "date_missing": "cred:date-missing",
    "date_null": "cred:date-null",
    "missing_field:<name>": "cred:missing=Token",
    "extra_fields": "cred:extra",
    "account_id:on/off": "cred:account-id=on",
    "not_json": "cred:bad-json",
    "html_500": "cred:html-500",
    "truncated": "cred:truncated",
    "empty_200": "cred:empty",
    "oversize": "cred:huge",
    "slow:<s>": "conn:slow=1500ms",
    "hang": "conn:hang",
    "reset": "conn:reset",
    "refuse": "conn:refuse",
    "content_type:<v>": "cred:content-type=text/plain",
    "charset": "cred:charset",
    "redirect": "cred:redirect",
    "chunked": "conn:chunked",
    "connection_close": "conn:close-each",
    "rotate_mid_request": "cred:rotate-mid-request",
    "rotate_without_expiry_change": "cred:rotate-without-expiry-change",
    "restore": "lambda:restore",
    "assume_denied": "cred:assume-denied",
}
# The same, and what comes near, for one endpoint.
FOR_AN_ENDPOINT = {
    "ecs:unknown_id": "ecs:unknown-id",
    "eks:bad_auth": "eks:bad-auth",
    "ecs:empty_200": "ecs:empty",
    "lambda:slow:2.5": "lambda:slow=1500ms",
    "eks:account_id:off": "eks:account-id=off",
    "lambda:throttle": "lambda:429",
    "eks:wrong-token": "eks:bad-auth",
    "lambda:wrong-token": "lambda:bad-auth",
    "ecs:bad-auth": "ecs:wrong-token",
    "role:missing": "role:none",
    "sts:429": "sts:throttle",
    "ecs:not-json*1": "ecs:bad-json",
    "imds:html-500": "cred:html-500",
}


def refusal(text: str) -> str:
    with pytest.raises(FaultInvalid) as caught:
        parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("spelled", "fault"), [*SCENARIOS.items(), *CASES.items(), *FOR_AN_ENDPOINT.items()]
)
def test_every_spelling_is_taken_or_answered_with_what_can_be_armed(
    spelled: str, fault: str
) -> None:
    if fault == HERE:
        assert parse(spelled).steps
        return
    assert refusal(spelled).endswith(f"; did you mean {fault}?")
    assert parse(fault).steps


@pytest.mark.parametrize("target", Target)
@pytest.mark.parametrize("name", [*CASES, "wrong-token", "429", "missing", "throttl", "restor"])
def test_nobody_is_led_to_another_surface(target: Target, name: str) -> None:
    try:
        parse(f"{target}:{name}")
    except FaultInvalid as error:
        led = str(error).partition("did you mean ")[2].removesuffix("?")
    else:
        return
    if led:
        for step in parse(led).steps:
            assert surfaces_of(step) & surfaces_of_target(target), led


@pytest.mark.parametrize(
    ("spelled", "how"),
    [
        ("ecs:token-rotates", "rotates"),
        ("token_file_newline", "newline"),
        ("token_file_missing", "missing"),
        ("eks:token_file_crlf", "crlf"),
    ],
)
def test_what_the_client_does_is_a_setting_of_the_client(spelled: str, how: str) -> None:
    assert refusal(spelled).endswith(
        f"; set the client's token file: imds-sim run --token-file {how} -- COMMAND"
    )


@pytest.mark.parametrize(("spelled", "level"), [("weather:rough", "rough"), ("weather", "mild")])
def test_the_weather_is_a_key_of_the_file(spelled: str, level: str) -> None:
    assert refusal(spelled).endswith(f"; it is a key of the file: weather: {{level: {level}}}")


def test_what_nobody_knows_is_answered_with_what_there_is() -> None:
    assert refusal("sts:xyz").endswith("throttle, code, 500, 503")
    assert "there are token, v1, role, " in refusal("qqqq:xyz")
    assert refusal("").endswith("see: imds-sim fault catalogue")
