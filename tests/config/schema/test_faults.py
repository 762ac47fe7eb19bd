"""Faults of the file: a line or a section, each checked before anything is armed."""

from datetime import UTC, datetime

import pytest

from imds_sim.config.build import build_world
from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.load import parse_config
from imds_sim.config.schema.faults import MAX_FAULTS
from imds_sim.faults.grammar import parse
from imds_sim.faults.weather import Level, Weather
from imds_sim.iam.generations import Generations
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.simulator.world import World

INSTANCES = "instances: {web-1: {}}, "


def world(text: str) -> World:
    configuration = parse_config("{" + INSTANCES + text + "}")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return build_world(configuration, Identifiers(b"k" * 32), Generations(), moment)


def test_a_line_and_a_section_are_the_same_fault() -> None:
    line, section = world("faults: ['token:403&v1:off', {fault: 'token:403&v1:off'}]").faults
    assert line == section
    assert line.scenario == parse("token:403&v1:off")


def test_a_section_says_for_whom() -> None:
    (fault,) = world(
        "faults: [{fault: 'imds:500', as: web-1, surface: imds, client: 10.0.0.0/8}]"
    ).faults
    scope = fault.scope
    assert (scope.workload, scope.surface, str(scope.clients)) == ("web-1", "imds", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("text", "weather"),
    [
        ("weather: null", None),
        ("weather: {}", Weather(Level.MILD)),
        ("weather: {level: wild, seed: 7}", Weather(Level.WILD, 7)),
    ],
)
def test_the_weather_is_calm_unless_told(text: str, weather: Weather | None) -> None:
    assert world(text).weather == weather


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("faults: [tokn:403]", "faults[0].fault: 'tokn:403': there is no target 'tokn'; did you"),
        ("faults: ['eks:token-expire']", "did you mean eks:token-expired?"),
        ("faults: [{fault: 'v1:off', as: web-2}]", "faults[0].as: no workload 'web-2'; did you"),
        (
            "faults: [{fault: 'v1:off', surface: admin}]",
            "must be imds, ecs, eks, eks_probes, lambda, generic or sts",
        ),
        ("faults: [{fault: 'v1:off', client: 10.0.0.1/8}]", "write 10.0.0.0/8"),
        ("faults: [{as: web-1}]", "faults[0].fault: is missing"),
        ("faults: [5]", "must be a mapping"),
        ("weather: {level: hot}", "must be mild, rough or wild, not 'hot'"),
        (f"faults: [{'v1:off, ' * (MAX_FAULTS + 1)}]", f"allowed: {MAX_FAULTS}"),
    ],
)
def test_a_wrong_fault_refuses_the_file(text: str, told: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        world(text)
    assert told in str(caught.value)


def test_as_many_faults_as_allowed_are_taken() -> None:
    assert len(world(f"faults: [{'v1:off, ' * MAX_FAULTS}]").faults) == MAX_FAULTS
