"""The clients under test: which there are, and what starts each."""

import importlib.util
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pytest

from tests.clients.builds import PROGRAMS

COMPILED = {"go-v2": "go", "java-v2": "java", "rust": "rust"}  # client and its folder
AWS_CLI = (sys.executable, "-m", "awscli")


@dataclass(frozen=True, slots=True)
class Client:
    """A command line, and what it needs in its environment beside the workload's."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def each(names: Iterable[str]) -> list[Any]:
    """Parameters for a fixture; clients that must be compiled are marked so."""
    marks = (pytest.mark.compiled, pytest.mark.slow)
    return [pytest.param(name, marks=marks if name in COMPILED else ()) for name in names]


def needs(module: str) -> None:
    """Skip where a Python client is not installed."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed (pip install -e '.[clients]')")


def client_for(name: str, purpose: str, request: pytest.FixtureRequest) -> Client:
    """The program of client `name` for `purpose`, `identity` or `operations`.

    Skips where it cannot be had.
    """
    if name in COMPILED:
        argv: tuple[str, ...] = request.getfixturevalue("compiled")(COMPILED[name])
        return Client(name, (*argv, purpose))
    if name == "javascript-v3":
        node = shutil.which("node")
        if node is None:
            pytest.skip("node is not installed")
        modules: str = request.getfixturevalue("javascript")
        return Client(
            name, (node, str(PROGRAMS / f"javascript_{purpose}.cjs")), {"NODE_PATH": modules}
        )
    needs(name)
    return Client(name, (sys.executable, str(PROGRAMS / f"{name}_{purpose}.py")))
