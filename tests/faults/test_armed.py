"""Counting, chance and scope of armed faults, without any surface."""

from datetime import timedelta
from ipaddress import ip_network

import pytest

from imds_sim.faults.armed import MOST, ArmedFaults, Origin, WantedFault
from imds_sim.faults.errors import FaultUnknown, TooManyFaults
from imds_sim.faults.grammar import parse
from imds_sim.faults.match import Asked, Occasion, Scope
from imds_sim.faults.weather import UNUSUAL, Level, Weather, steps_of
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.exchange import Surface

TOKEN = Occasion(Surface.IMDS, Asked.METADATA_TOKEN, "web-1", "10.0.0.1", shared=True)
READ = Occasion(Surface.IMDS, Asked.CREDENTIALS, "web-1", "10.0.0.1", shared=True, presents=True)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def faults(clock: ManualClock) -> ArmedFaults:
    return ArmedFaults(SeededEntropy(7), clock)


def hits(faults: ArmedFaults, times: int, occasion: Occasion = TOKEN) -> str:
    return "".join("x" if faults.play(occasion) else "." for _ in range(times))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("token:500", "xxxxxx"),
        ("token:500*1", "x....."),
        ("token:500+2", "..xxxx"),
        ("token:500+2*3", "..xxx."),
        ("clock:jump=1h", "x....."),
        ("clock:jump=1h*2", "xx...."),
        ("role:500", "......"),
    ],
)
def test_what_is_skipped_passes_and_what_is_counted_ends(
    faults: ArmedFaults, fault: str, expected: str
) -> None:
    faults.add(parse(fault))
    assert hits(faults, 6) == expected


def test_a_spent_fault_stays_listed_with_its_counters(faults: ArmedFaults) -> None:
    armed = faults.add(parse("token:500*2"))
    hits(faults, 5)
    assert faults.listed() == [armed]
    assert armed.is_spent
    assert (armed.steps[0].seen, armed.steps[0].hits) == (5, 2)


def test_a_request_counts_once_however_many_steps_hit_it(faults: ArmedFaults) -> None:
    armed = faults.add(parse("token:ttl=5&token:no-ttl-header+1"))
    counted = []
    for occasion in (TOKEN, TOKEN, READ):
        faults.play(occasion)
        counted.append((armed.hits, [step.hits for step in armed.steps]))
    assert counted == [(1, [1, 0]), (2, [2, 1]), (2, [2, 1])]


def test_chance_is_the_same_for_the_same_seed_and_about_what_was_asked(clock: ManualClock) -> None:
    runs = []
    for seed in (7, 7, 8):
        faults = ArmedFaults(SeededEntropy(seed), clock)
        faults.add(parse("token:500~0.3"))
        runs.append(hits(faults, 1000))
    assert runs[0] == runs[1] != runs[2]
    assert 250 < runs[0].count("x") < 350


def test_one_fault_does_not_disturb_the_chance_of_another(clock: ManualClock) -> None:
    alone = ArmedFaults(SeededEntropy(7), clock)
    armed = alone.add(parse("token:500~0.5"))
    hits(alone, 50)
    both = ArmedFaults(SeededEntropy(7), clock)
    both.add(parse("conn:delay=1s~0.5"))
    same = both.add(parse("token:500~0.5"))
    hits(both, 50)
    assert same.steps[0].hits == armed.steps[0].hits


@pytest.mark.parametrize(
    ("scope", "is_hit"),
    [
        (Scope("web-1"), True),
        (Scope("web-2"), False),
        (Scope(surface=Surface.IMDS), True),
        (Scope(surface=Surface.STS), False),
        (Scope(clients=ip_network("10.0.0.0/24")), True),
        (Scope(clients=ip_network("10.0.1.0/24")), False),
        (Scope(clients=ip_network("::/0")), False),
    ],
)
def test_a_fault_is_for_one_workload_surface_or_client(
    faults: ArmedFaults, scope: Scope, is_hit: bool
) -> None:
    faults.add(parse("imds:500"), scope)
    assert (faults.play(TOKEN) is not None) == is_hit


def test_a_client_of_ipv4_is_known_by_its_address_on_any_socket(faults: ArmedFaults) -> None:
    faults.add(parse("imds:500"), Scope(clients=ip_network("10.0.0.1")))
    assert faults.play(TOKEN._replace(client="::ffff:10.0.0.1"))
    assert not faults.play(TOKEN._replace(client=""))  # on a unix socket


def test_faults_are_cleared_one_by_one_or_all_at_once(faults: ArmedFaults) -> None:
    first, second = faults.add(parse("token:500")), faults.add(parse("role:500"))
    assert faults.clear(first.number) == 1
    assert faults.listed() == [second]
    with pytest.raises(FaultUnknown):
        faults.clear(first.number)
    assert faults.active
    assert faults.clear() == 1
    assert not faults.active
    assert faults.add(parse("token:500")).number == 3  # numbers are not used again


def test_run_time_faults_are_bounded_and_the_files_are_not_among_them(faults: ArmedFaults) -> None:
    for _ in range(MOST):
        faults.add(parse("token:500"))
    with pytest.raises(TooManyFaults):
        faults.add(parse("token:500"))
    faults.replace(Origin.FILE, [WantedFault(parse("role:500"))])
    assert len(faults.listed()) == MOST + 1


def test_a_rate_is_for_each_client_and_surface_and_refills(
    faults: ArmedFaults, clock: ManualClock
) -> None:
    faults.add(parse("throttle:rate=2"))
    assert hits(faults, 4) == "..xx"
    assert hits(faults, 3, TOKEN._replace(client="10.0.0.2")) == "..x"
    assert hits(faults, 3, TOKEN._replace(surface=Surface.ECS)) == "..x"
    assert hits(faults, 3, TOKEN._replace(surface=Surface.STS)) == "..."
    clock.advance(timedelta(milliseconds=499))
    assert hits(faults, 1) == "x"
    clock.advance(timedelta(milliseconds=1))
    assert hits(faults, 2) == ".x"


def test_weather_is_its_seeds_and_stays_when_faults_are_cleared(clock: ManualClock) -> None:
    runs = []
    for outer, seed in ((1, 7), (2, 7), (1, 8), (1, None), (1, None)):
        faults = ArmedFaults(SeededEntropy(outer), clock)
        faults.set_weather(Weather(Level.ROUGH, seed))
        faults.clear()
        runs.append(hits(faults, 200, READ))
    assert runs[0] == runs[1] != runs[2]
    assert runs[3] == runs[4]
    assert "x" in runs[0]
    assert "." in runs[0]


@pytest.mark.parametrize(("level", "probability"), [("mild", 0.1), ("rough", 0.3), ("wild", 0.6)])
def test_weather_plays_what_is_legal_as_often_as_its_level_says(
    level: str, probability: float
) -> None:
    steps = steps_of(Weather(Level(level)))
    assert tuple(f"{step.target}:{step.name}" for step in steps) == tuple(
        text.partition("=")[0] for text in UNUSUAL
    )
    assert {step.probability for step in steps} == {probability}


def test_calm_weather_ends_it(faults: ArmedFaults) -> None:
    faults.set_weather(Weather(Level.WILD))
    assert faults.active
    faults.set_weather(None)
    assert not faults.active
