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
