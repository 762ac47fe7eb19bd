import os
import signal
from pathlib import Path

import pytest

from imds_sim.cli.foreground import CommandNotStarted, EndedBySignal, Foreground, look_up

ENVIRON = {"PATH": os.environ["PATH"]}


def run(*command: str) -> int:
    with Foreground() as foreground:
        return foreground.run(command, ENVIRON)


@pytest.mark.parametrize("status", [0, 7, 255])
def test_the_status_of_the_command_is_ours(status: int) -> None:
    assert run("sh", "-c", f"exit {status}") == status


@pytest.mark.parametrize("name", ["KILL", "TERM", "SEGV"])
def test_death_by_signal_is_128_and_its_number(name: str) -> None:
    assert run("sh", "-c", f"kill -{name} $$") == 128 + signal.Signals[f"SIG{name}"]


def test_the_command_has_just_the_environment_that_it_is_given(tmp_path: Path) -> None:
    with Foreground() as foreground:
        seen = tmp_path / "seen"
        foreground.run(["sh", "-c", f"env > {seen}"], {**ENVIRON, "A": "1"})
    assert {line.partition("=")[0] for line in seen.read_text().splitlines()} <= {
        "A", "PATH", "PWD", "SHLVL", "_", "OLDPWD",
    }  # fmt: skip


def test_a_command_that_is_not_there_is_127() -> None:
    with pytest.raises(CommandNotStarted, match="nosuch: command not found") as caught:
        run("nosuch")
    assert caught.value.exit_status == 127


def test_a_command_is_looked_up_where_it_will_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    look_up("mine")
    look_up(str(tmp_path / "mine"))
    for missing in ("sh", "./mine", str(tmp_path / "other")):
        with pytest.raises(CommandNotStarted, match=f"{missing}: command not found") as caught:
            look_up(missing)
        assert caught.value.exit_status == 127


def test_a_file_that_is_no_program_is_126(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("hello")
    with pytest.raises(CommandNotStarted, match="Permission denied") as caught:
        run(str(file))
    assert caught.value.exit_status == 126


@pytest.mark.parametrize("name", ["TERM", "HUP", "USR1", "USR2"])
def test_signals_go_on_to_the_command(name: str) -> None:
    script = f"trap 'exit 9' {name}; kill -{name} $PPID; while :; do sleep 0.01; done"
    assert run("sh", "-c", script) == 9


def test_a_signal_before_there_is_a_command_ends_us() -> None:
    with pytest.raises(EndedBySignal) as caught, Foreground():
        signal.raise_signal(signal.SIGTERM)
    assert caught.value.exit_status == 143


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    run("true")
    assert signal.getsignal(signal.SIGTERM) == before
