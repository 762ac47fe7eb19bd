"""The pytest plugin: a fixture that makes the test a workload, and a marker that says which one.

Nothing of the simulator is imported before a test asks for the fixture.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from imds_sim import Configuration, Simulator

NAME = "imds_sim"
MARKER = (
    f"{NAME}(as_=WORKLOAD, config=FILE or mapping, roles={{NAME: ROLE}}, faults=[SPEC, ...]): "
    "run the test as a workload of a simulated AWS; all arguments are optional"
)
ARGUMENTS = ("as_", "config", "roles", "faults")
FAULT = ("fault", "as", "surface", "client")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@dataclass(frozen=True)
class _World:
    """What simulator a test asks for; equal ones are one simulator."""

    config: Path | Mapping[str, object] | None
    roles: Mapping[str, object] | None
    directory: Path

    def configuration(self) -> Configuration | None:
        """Raises ConfigInvalid, ConfigNotReadable."""
        if self.roles is not None:
            from imds_sim.config.added_roles import with_roles

            return with_roles(self.config, self.roles, self.directory)
        if self.config is None:
            return None
        from imds_sim.config.load import load_config, parse_config

        if isinstance(self.config, Path):
            return load_config(self.config)
        return parse_config(self.config, directory=self.directory)


class _Simulators:
    """The simulators of a session, each started when it is first asked for."""

    def __init__(self, closing: ExitStack) -> None:
        self._closing = closing
        self._started: list[tuple[_World, Simulator]] = []

    def of(self, world: _World) -> Simulator:
        """A simulator of `world`, as if just started."""
        from imds_sim.server.embedded import Simulator, SimulatorStopped

        for known, simulator in self._started:
            if known == world:
                try:
                    simulator.reset()
                except SimulatorStopped:  # by the test before, or it is that of a forked process
                    self._started.remove((known, simulator))
                    break
                return simulator
        simulator = self._closing.enter_context(Simulator.start(world.configuration()))
        self._started.append((world, simulator))
        return simulator


@pytest.fixture(scope="session")
def _imds_sims() -> Iterator[_Simulators]:
    with ExitStack() as closing:
        yield _Simulators(closing)


@pytest.fixture(autouse=True)
def _imds_sim_of_the_marker(request: pytest.FixtureRequest) -> None:
    """A test with the marker gets the fixture, whether or not it has the parameter.

    Of the fixtures of one test, those that are used everywhere come first, and of these the ones of
    plugins: what the test's own fixtures make is made inside the simulated AWS.
    """
    if request.node.get_closest_marker(NAME):
        request.getfixturevalue(NAME)


@pytest.fixture(name="imds_sim")
def _imds_sim(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    _imds_sims: _Simulators,
) -> Iterator[Simulator]:
    """A simulated AWS, new for this test; the environment makes the test one of its workloads.

    The real AWS of whoever runs the test is hidden: variables, configuration and credential files.
    """
    asked = _arguments(request.node)
    simulator = _imds_sims.of(_world(asked, request))
    for fault in _faults(asked.get("faults", ())):
        simulator.faults.add(**fault)
    as_ = asked.get("as_")
    if as_ is not None and not isinstance(as_, str):
        raise pytest.UsageError(f"{NAME}: as_ is the name of a workload, not {as_!r}")
    _enter(simulator.environment(as_), monkeypatch)
    from imds_sim.server.this_process import own_default_session

    with own_default_session():
        yield simulator


def _arguments(node: pytest.Item) -> dict[str, object]:
    """The arguments of all the markers of a test; the closest wins. Raises UsageError."""
    found: dict[str, object] = {}
    for marker in reversed(list(node.iter_markers(NAME))):
        unknown = sorted(set(marker.kwargs) - set(ARGUMENTS))
        if marker.args or unknown:
            wrong = unknown[0] if unknown else repr(marker.args[0])
            raise pytest.UsageError(
                f"{NAME}: the marker takes {', '.join(ARGUMENTS)} by name, not {wrong}"
            )
        found |= marker.kwargs
    return found


def _world(asked: Mapping[str, object], request: pytest.FixtureRequest) -> _World:
    config, roles, directory = asked.get("config"), asked.get("roles"), request.path.parent
    if isinstance(config, str | os.PathLike):
        config = _nearest(Path(config), directory, request.config.rootpath)
    if not (config is None or isinstance(config, Path | Mapping)):
        raise pytest.UsageError(f"{NAME}: config is a path or a mapping, not {config!r}")
    if not (roles is None or isinstance(roles, Mapping)):
        raise pytest.UsageError(f"{NAME}: roles is a mapping, not {roles!r}")
    # Only a relative path in a mapping makes the directory matter; files know their own.
    return _World(config, roles, directory if isinstance(config, Mapping) or roles else Path())


def _nearest(file: Path, directory: Path, root: Path) -> Path:
    """The file beside the test, else above it up to the root directory."""
    above = [each for each in directory.parents if each.is_relative_to(root)]
    places = [folder / file for folder in (directory, *above)]
    return next((place for place in places if place.exists()), places[0])


def _faults(value: object) -> Iterator[dict[str, str]]:
    """What `faults.add` takes: a text is for everybody, a mapping as it stands in a file."""
    for each in value if isinstance(value, list | tuple) else (None,):
        fault = {"fault": each} if isinstance(each, str) else each
        if (
            not isinstance(fault, Mapping)
            or not {"fault"} <= set(fault) <= set(FAULT)
            or not all(isinstance(text, str) for text in fault.values())
        ):
            raise pytest.UsageError(
                f"{NAME}: faults is a list of texts or of mappings ({', '.join(FAULT)}), "
                f"not {value!r}"
            )
        yield {"as_" if key == "as" else key: text for key, text in fault.items()}


def _enter(variables: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the environment that of a workload until the test ends.

    By `monkeypatch`, so that what a test changes by it besides is undone in the right order.
    """
    from imds_sim.simulator.child_environment import child_environment

    mine = child_environment(os.environ, variables)
    for name in set(os.environ) - set(mine):
        monkeypatch.delenv(name)
    for name, value in mine.items():
        if os.environ.get(name) != value:
            monkeypatch.setenv(name, value)
