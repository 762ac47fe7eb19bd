"""The programs that need a compiler: fetched and built once a run, outside the tree.

Only the fetching needs a network. Where it fails the tests skip; where the compiler fails they do.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
TOOLS = {"go": ("go",), "java": ("mvn", "javac", "java"), "rust": ("cargo",)}
MAVEN = ("mvn", "-B", "-q", "-ntp")
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # half the CPU of a short life
LONGEST = 1800  # seconds that one step may take


def built(language: str, builds: Path) -> tuple[str, ...]:
    """The command line of the program in `language`, made in a folder of `builds`.

    What an earlier run left there is used again. Skips where a tool or the network is missing.
    """
    for tool in TOOLS[language]:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    folder = builds / language
    # With the time of now: cargo takes a source older than its last build for the same one.
    shutil.copytree(PROGRAMS / language, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    match language:
        case "go":
            return _go(folder)
        case "java":
            return _java(folder)
        case _:
            return _rust(folder)


def _go(folder: Path) -> tuple[str, ...]:
    _fetch(folder, "go", "mod", "download")
    _compile(folder, "go", "build", "-o", "clients", ".", environment={"CGO_ENABLED": "0"})
    return (str(folder / "clients"),)


def _java(folder: Path) -> tuple[str, ...]:
    shutil.rmtree(folder / "libraries", ignore_errors=True)  # no two versions of one
    libraries = f"{folder}/libraries"
    _fetch(folder, *MAVEN, "dependency:copy-dependencies", f"-DoutputDirectory={libraries}")
    _compile(folder, "javac", "-cp", f"{libraries}/*", "-d", "classes", "Clients.java")
    return (*JAVA, "-cp", f"{folder}/classes:{libraries}/*", "Clients")


def _rust(folder: Path) -> tuple[str, ...]:
    target = str(folder / "target")
    _fetch(folder, "cargo", "fetch", "--quiet")
    _compile(folder, "cargo", "build", "--quiet", "--offline", "--target-dir", target)
    return (f"{target}/debug/imds-sim-clients",)


def _fetch(folder: Path, *argv: str) -> None:
    done = _run(folder, argv)
    if done.returncode:
        said = " ".join((done.stdout + done.stderr).split())
        pytest.skip(f"{argv[0]} could not fetch the SDK: {said[:400]}")


def _compile(folder: Path, *argv: str, environment: Mapping[str, str] | None = None) -> None:
    done = _run(folder, argv, environment)
    assert done.returncode == 0, f"{argv}: {done.stdout}\n{done.stderr}"


def _run(
    folder: Path, argv: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
