"""What TAB offers, asked as click asks it and as bash does."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from imds_sim.cli.main import COMPLETION_VARIABLE, imds_sim
from imds_sim.config.load import parse_config
from imds_sim.faults.catalogue.contents import rows
from imds_sim.server.embedded import Simulator
from tests.cli.conftest import Invoke

CONFIG = """
roles: {web: {}, resize: {}}
instances: {web-1: {role: web}, web-2: {role: web}}
tasks: {task-1: {role: web}}
functions: {resize: {role: resize, snap_start: true}}
"""


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator.start(parse_config(CONFIG), admin=True) as running:
        yield running


@pytest.fixture
def admin(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMDS_SIM_ADMIN", next(iter(simulator.endpoints.admin)))


def offered(*words: str) -> list[tuple[str, str]]:
    completion = ShellComplete(imds_sim, {}, "imds-sim", COMPLETION_VARIABLE)
    found = completion.get_completions(list(words[:-1]), words[-1])
    return [(each.type, each.value) for each in found]


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--config", ""),
        ("serve", "--ready-file", ""),
        ("run", "--config", ""),
        ("report", "--config", ""),
        ("report", "--html", ""),
        ("report", "--baseline", ""),
        ("run", "--aws-config", ""),
        ("why", "--config", ""),
        ("doctor", "--config", ""),
        ("check", ""),
        ("decide", ""),
        ("journal", "--har", ""),
        ("run", "--", "cat", ""),
        ("run", "./"),
    ],
)
def test_the_shell_completes_files(words: tuple[str, ...]) -> None:
    assert offered(*words) == [("file", words[-1])]


def test_the_shell_completes_directories() -> None:
    assert offered("install-systemd", "--root", "/") == [("dir", "/")]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("env", "--as", ""), ["web-1", "web-2", "task-1", "resize"]),
        (("journal", "--as", "web"), ["web-1", "web-2"]),
        (("fault", "add", "token:403", "--as", "t"), ["task-1"]),
        (("options", ""), ["web-1", "web-2"]),
        (("event", "spot", ""), ["web-1", "web-2"]),
        (("restore", "--as", ""), ["resize"]),
        (("task", "stop", ""), ["task-1"]),
        (("rotate", "--as", "nobody"), []),
    ],
)
@pytest.mark.usefixtures("admin")
def test_workloads_are_those_of_the_running_daemon(
    words: tuple[str, ...], names: list[str]
) -> None:
    assert sorted(offered(*words)) == sorted(("plain", name) for name in names)


def test_a_private_daemon_has_those_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "sim.yaml"
    file.write_text(f"{CONFIG}users: {{alice: {{}}}}\n")
    words = ("run", "--config", str(file), "--as")
    names = ["web-1", "web-2", "task-1", "resize", "user/alice"]
    assert offered(*words, "") == [("plain", name) for name in names]
    assert offered(*words, "user/") == [("plain", "user/alice")]
    assert offered("run", "--as", "") == [("plain", "web-1")]
    assert offered("run", "--config", str(tmp_path / "none"), "--as", "") == []


def test_without_a_daemon_there_are_none_and_nothing_is_told(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert offered("env", "--as", "") == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("words", [("fault", "add"), ("run", "--fault"), ("report", "--scenarios")])
def test_faults_are_those_of_the_catalogue(words: tuple[str, ...]) -> None:
    assert {value for _, value in offered(*words, "")} == {row.fault for row in rows()}
    assert ("plain", "token:reset") not in offered(*words, "tok")  # conn shows what all take
    assert ("plain", "token:reset") in offered(*words, "token:")


def test_programs_are_those_of_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, mode in (("deploy", 0o700), ("deploy.txt", 0o600)):
        (tmp_path / name).touch(mode)
    monkeypatch.setenv("PATH", f"{tmp_path}/none:{tmp_path}:{tmp_path}")
    assert offered("run", "--", "dep") == [("plain", "deploy")]


Reply = Callable[..., list[str]]


@pytest.fixture
def reply(invoke: Invoke, tmp_path: Path) -> Reply:
    """What bash would insert for words that are split as bash splits them."""
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    script = tmp_path / "completion"
    script.write_text(invoke("completion", "bash").stdout)
    program = tmp_path / "imds-sim"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m imds_sim "$@"\n')
    program.chmod(0o700)

    def ask(*words: str) -> list[str]:
        split = " ".join(map(shlex.quote, ["imds-sim", *words]))
        lines = (
            f"source {script}; compopt() {{ echo compopt $*; }}",
            f"COMP_WORDS=({split}); COMP_CWORD={len(words)}",
            f'_imds_sim_completion {program}; printf "%s\\n" "${{COMPREPLY[@]}}"',
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", "\n".join(lines)],
            capture_output=True, text=True, check=True, env=dict(os.environ),
        )  # fmt: skip
        assert done.stderr == ""
        return done.stdout.split()

    return ask


@pytest.mark.parametrize(
    ("words", "inserted"),
    [
        (("fault", "add", "token", ":", "50"), ["500", "503"]),
        (("fault", "add", "cred", ":", "li"), ["life=120s"]),
        (("fault", "add", "cred", ":", "life", "=", "1"), ["120s"]),
        (("fault", "add", "v1", ":"), ["off"]),
        (("env", "--as", "=", "task"), ["task-1"]),
        (("env", "--as", "="), ["web-1", "web-2", "task-1", "resize"]),
        (("env", "--as", "task"), ["task-1"]),
        (("check", "f"), ["compopt", "-o", "default"]),
    ],
)
@pytest.mark.usefixtures("admin")
def test_bash_gets_what_comes_after_its_word_break(
    reply: Reply, words: tuple[str, ...], inserted: list[str]
) -> None:
    assert set(inserted) <= set(reply(*words))
    assert all(":" not in each for each in reply(*words))
