"""Faults as text, and back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imds_sim.faults.catalogue.contents import EFFECTS, rows
from imds_sim.faults.errors import FaultInvalid
from imds_sim.faults.grammar import MAX_NUMBER, parse
from imds_sim.faults.match import Target

PLAYABLE = [row.fault for row in rows()]


@st.composite
def steps(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(PLAYABLE))
    skip, count = (draw(st.none() | st.integers(least, MAX_NUMBER)) for least in (0, 1))
    thousandths = draw(st.none() | st.integers(1, 9999))
    text += f"+{skip}" if skip is not None else ""
    text += f"*{count}" if count is not None else ""
    return text + (f"~{thousandths / 10_000:.4f}" if thousandths is not None else "")


@given(st.lists(steps(), min_size=1, max_size=8))
def test_what_is_written_is_read_as_the_same(texts: list[str]) -> None:
    scenario = parse("&".join(texts))
    assert parse(str(scenario)) == scenario
    assert len(scenario.steps) == len(texts)


@given(st.text(max_size=600) | st.from_regex(r"[a-z0-9]+:[a-z0-9-]+(=.*)?([+*~][0-9.]+)*"))
def test_anything_else_is_refused_and_nothing_breaks(text: str) -> None:
    with suppress(FaultInvalid):
        parse(text)


def test_every_part_counts() -> None:
    (step,) = parse("cred:life=2m+3*4~0.25").steps
    assert (step.target, step.name, step.value) == (Target.CRED, "life", "2m")
    assert (step.passes, step.limit, step.probability) == (3, 4, 0.25)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tokn:403", "did you mean token:403?"),
        ("token:4o3", "did you mean token:403?"),
        ("cred:expird", "did you mean cred:expired?"),
        ("ecs:unknown_id", "did you mean ecs:unknown-id?"),
        ("role:newlin", "did you mean role:newline?"),
        ("unreachable", "did you mean imds:unreachable?"),
        ("disabled", "did you mean imds:disabled?"),
        ("cred:oversize", "did you mean cred:huge?"),
        ("ecs:not-json", "did you mean ecs:bad-json?"),
        ("ecs:short-lived=5s", "did you mean ecs:life=5s?"),
        ("imds:off", "did you mean imds:disabled?"),
        ("conn:http1.0", "did you mean conn:http10?"),
        ("token", "write TARGET:EFFECT[=VALUE][+SKIP][*COUNT][~PROBABILITY]; token has delay, "),
        ("", "write TARGET:EFFECT"),
        ("token:403&", "& joins two faults; one of them is missing"),
        ("&token:403", "& joins two faults; one of them is missing"),
        ("token:403*1+1", "write TARGET:EFFECT"),
        ("token:999", "token has no '999'; token has "),
        ("cred:ttl=5", "did you mean token:ttl=5?"),
        ("token:200", "token has no '200'"),
        ("clock:500", "clock has no '500'"),
        ("token:403=x", "token:403 takes no value"),
        ("token:ttl=0", "not in range"),
        ("token:ttl=21601", "not in range"),
        ("token:ttl", "token:ttl needs 1 to 21600 seconds: ttl=5"),
        ("cred:missing=Tokn", "no such member"),
        ("cred:life=13h", "longer than a session can be"),
        ("cred:life=0s", "too short"),
        ("conn:delay=61m", "too long"),
        ("throttle:rate=0", "not a number above 0"),
        ("sts:code=Nope", "no such code"),
        ("token:403*0", "* takes 1 to 1000000"),
        ("token:403*1000001", "* takes 1 to 1000000"),
        ("token:403~0", "~ takes a probability above 0"),
        ("token:403~1.5", "~ takes a probability above 0"),
        ("ecs:token-rotates", "token file: imds-sim run --token-file rotates -- COMMAND"),
        ("&".join(["v1:off"] * 9), "joins 8 at most"),
        ("x" * 513, "512 characters at most"),
    ],
)
def test_a_wrong_fault_is_refused_with_the_cure(text: str, told: str) -> None:
    with pytest.raises(FaultInvalid) as caught:
        parse(text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "token:ttl=1",
        "token:ttl=21600",
        "cred:life=1s",
        "cred:life=12h",
        "conn:delay=1h",
        "token:511*1000000~1",
        "clock:skew=-20m",
    ],
)
def test_both_ends_of_each_limit_are_taken(text: str) -> None:
    assert parse(text).steps


def test_every_target_of_the_wire_takes_every_effect_of_the_wire() -> None:
    for target in Target:
        takes = set(EFFECTS[Target.CONN]) <= set(EFFECTS[target])
        assert takes == (target not in (Target.CLOCK, Target.THROTTLE)), target
