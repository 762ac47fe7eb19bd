import os
import subprocess
import sys

import pytest

from imds_sim.cli.main import COMMANDS
from tests.cli.conftest import Invoke

HEAVY = {"pydantic", "aiohttp", "cryptography", "uvloop", "yaml", "apscheduler", "asyncio"}
LOADED = (
    "import sys; from imds_sim.__main__ import main\n"
    "try: main()\n"
    "except SystemExit: pass\n"
    "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(invoke: Invoke, name: str) -> None:
    result = invoke(name, "--help")
    assert result.exit_code == 0
    assert "Example:" in result.stdout
    assert f"imds-sim {name}" in result.stdout.partition("Example:")[2]


def test_help_lists_every_command_with_a_whole_sentence(invoke: Invoke) -> None:
    listed = invoke("--help").stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


def test_the_version_is_told(invoke: Invoke) -> None:
    assert invoke("--version").stdout.startswith("imds-sim, version ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["run", "--fault", "tokn:403", "--", "true"],
        ["run"],
        ["run", "--endpoint-url", "127.0.0.1:4566", "--", "true"],
        ["status", "--watch"],
        ["wait", "--timeout", "soon"],
        ["status", "--admin", "tcp:127.0.0.1:1"],
        ["check"],
    ],
)
def test_wrong_usage_ends_with_2(invoke: Invoke, arguments: list[str]) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("name", ["env", "status", "rotate", "reload", "get"])
def test_without_a_daemon_a_command_ends_with_69_and_one_line(invoke: Invoke, name: str) -> None:
    result = invoke(name, *(["meta-data/"] if name == "get" else []))
    assert result.exit_code == 69
    assert result.stderr.count("\n") == 1
    assert "imds-sim serve" in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["env"], ["status"], ["run", "--help"]])
def test_small_commands_load_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.splitlines()[-1].split())
    assert "imds_sim" in loaded
    assert not loaded & HEAVY


def test_a_reader_that_has_gone_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "imds_sim", "schema"], stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("chek", "did you mean check?"), ("help", "imds-sim --help"), ("nothing", "imds-sim --help")],
)
def test_an_unknown_command_is_told_with_the_nearest(invoke: Invoke, name: str, hint: str) -> None:
    result = invoke(name, "x")
    assert result.exit_code == 2
    assert f"No command is named '{name}'; {hint}" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["wait", "--timeout", "2"], "--timeout: '2' is not a duration"),
        (["clock", "speed", "fast"], "FACTOR: 'fast' is not a number, such as 60"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(
    invoke: Invoke, arguments: list[str], told: str
) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr.replace("'FACTOR'", "FACTOR")
