import os
import sys
from pathlib import Path

import click
import pytest

from imds_sim.cli.ending import status_of
from imds_sim.config.errors import ConfigInvalid, Problem
from imds_sim.kernel.errors import SimError


class Denied(SimError):
    exit_status = 77


def raising(error: BaseException) -> int:
    def run() -> object:
        raise error

    return status_of(run)


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (3, 3), ("text", 0)])
def test_a_number_is_the_exit_status(returned: object, status: int) -> None:
    assert status_of(lambda: returned) == status


def test_an_error_of_ours_is_one_line_and_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(Denied("no; ask root")) == 77
    assert capsys.readouterr().err == "imds-sim: no; ask root\n"


def test_errors_of_a_file_begin_with_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [Problem("a.yaml", line, 2, "roles", "wrong") for line in (1, 2)]
    assert raising(ConfigInvalid(problems)) == 78
    assert capsys.readouterr().err == "a.yaml:1:2: roles: wrong\na.yaml:2:2: roles: wrong\n"


def test_the_one_error_of_a_group_is_told_as_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(ExceptionGroup("tasks", [ExceptionGroup("more", [Denied("no")])])) == 77
    assert capsys.readouterr().err == "imds-sim: no\n"
    assert raising(ExceptionGroup("tasks", [KeyError("x")])) == 70
    assert "internal failure: KeyError: 'x' (" in capsys.readouterr().err
    assert raising(ExceptionGroup("tasks", [Denied("no"), Denied("neither")])) == 70
    assert "internal failure: ExceptionGroup: tasks (2 sub-exceptions) (" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(
            ConfigInvalid([Problem("a.yaml", line, 2, "roles", "wrong") for line in (1, 2)]),
            "<3>a.yaml:1:2: roles: wrong\n<3>a.yaml:2:2: roles: wrong\n",
            id="of a file",
        ),
        pytest.param(Denied("no; ask root"), "<3>imds-sim: no; ask root\n", id="of ours"),
        pytest.param(click.UsageError("what?"), "<3>Error: what?\n", id="of usage"),
        pytest.param(
            KeyError("x"),
            "<3>imds-sim: internal failure: KeyError: 'x' (run it again with IMDS_SIM_DEBUG=1 for "
            "the traceback)\n",
            id="a bug",
        ),
    ],
)
def test_the_journal_gets_every_line_of_an_error_as_one(
    error: BaseException, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "stderr").open("w") as stream:
        status = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        monkeypatch.setattr(sys, "stderr", stream)
        raising(error)
    assert (tmp_path / "stderr").read_text() == told


@pytest.mark.parametrize("error", [click.Abort(), KeyboardInterrupt()])
def test_an_interrupt_ends_with_130(error: BaseException) -> None:
    assert raising(error) == 130


def test_a_bug_is_told_without_traceback_unless_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert raising(KeyError("x")) == 70
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "IMDS_SIM_DEBUG=1" in told
    assert told.count("\n") == 1
    monkeypatch.setenv("IMDS_SIM_DEBUG", "1")
    assert raising(KeyError("x")) == 70
    assert "Traceback" in capsys.readouterr().err
