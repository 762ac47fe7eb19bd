import json
from datetime import timedelta

import pytest

from imds_sim.kernel.message import Notes
from tests.admin_stub import StubDaemon
from tests.cli.conftest import Invoke
from tests.worlds import ISSUED_AT


@pytest.fixture
def daemon(daemon: StubDaemon) -> StubDaemon:
    """The daemon, asked once on the metadata service and once on the STS."""
    record(daemon, "imds", "web-1", "GET", "/latest/meta-data/", Notes(imds_version=2))
    denied = Notes(access_key_id="ASIAHELD", detail="denied")
    record(daemon, "sts", None, "POST", "/\x1b[2J", denied)
    return daemon


def record(
    daemon: StubDaemon,
    surface: str,
    workload: str | None,
    method: str,
    path: str,
    notes: Notes,
    user_agent: str = "curl/8",
) -> None:
    daemon.backend.core.journal.record(
        time=ISSUED_AT,
        surface=surface,
        workload=workload,
        client="127.0.0.1",
        user_agent=user_agent,
        method=method,
        target=path,
        status=200,
        notes=notes,
        duration=timedelta(milliseconds=1.5),
    )


def test_requests_are_lined_up_and_steer_no_terminal(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("journal").stdout.splitlines() == [
        "time                      surface  workload  client     status  IMDS  request",
        "2026-01-02T03:04:05.000Z  imds     web-1     127.0.0.1  200     v2    "
        "GET /latest/meta-data/  curl/8",
        "2026-01-02T03:04:05.000Z  sts      -         127.0.0.1  200     -     "
        "POST /\\x1b[2J  ASIAHELD  curl/8  (denied)",
    ]


def test_a_long_user_agent_ends_in_dots(daemon: StubDaemon, invoke: Invoke) -> None:
    for length in (40, 41):
        record(daemon, "imds", "web-1", "GET", "/", Notes(), "a" * length)
    shown = invoke("journal").stdout.splitlines()
    assert [line.split()[-1] for line in shown[-2:]] == ["a" * 40, "a" * 37 + "..."]


@pytest.mark.parametrize(
    ("asked", "surfaces"),
    [
        ([], ["imds", "sts"]),
        (["--as", "web-1"], ["imds"]),
        (["--surface", "sts"], ["sts"]),
        (["--as", "web-1", "--surface", "sts"], []),
    ],
)
def test_json_lines_are_the_entries_that_were_asked_for(
    daemon: StubDaemon, invoke: Invoke, asked: list[str], surfaces: list[str]
) -> None:
    entries = [json.loads(line) for line in invoke("journal", "--json", *asked).stdout.splitlines()]
    assert [entry["surface"] for entry in entries] == surfaces


def test_an_unknown_surface_is_wrong_usage(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("journal", "--surface", "s3").exit_code == 2


def test_without_a_daemon_there_is_nothing_to_follow(invoke: Invoke) -> None:
    assert invoke("journal", "--follow").exit_code == 69


def test_a_workload_that_is_not_there_is_wrong_usage(daemon: StubDaemon, invoke: Invoke) -> None:
    result = invoke("journal", "--as", "web-9")
    assert (result.exit_code, result.stdout) == (invoke("rotate", "--as", "web-9").exit_code, "")
    assert "no workload is named 'web-9'; did you mean web-1?" in result.stderr


def test_one_that_was_stopped_has_its_requests_still(daemon: StubDaemon, invoke: Invoke) -> None:
    record(daemon, "ecs", "job-7", "GET", "/", Notes())
    assert invoke("journal", "--as", "job-7").exit_code == 0


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize(
    ("asked", "told"),
    [([], "nothing was asked yet"), (["--as", "web-1"], "nothing was asked of web-1 yet")],
)
def test_that_there_is_nothing_is_told_apart_from_the_output(
    daemon: StubDaemon, invoke: Invoke, options: list[str], asked: list[str], told: str
) -> None:
    daemon.backend.core.journal.clear()
    result = invoke("journal", *asked, *options)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"imds-sim: {told}\n"
