import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin_backend import fake_backend
from tests.admin_stub import admin_stub
from tests.cli.conftest import Invoke
from tests.sts.audit.day import MORNING
from tests.worlds import world_of

DAY = Path(__file__).parents[1] / "sts/audit/day.jsonl"


@pytest.fixture
def daemon(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A daemon whose audit holds three records of the scripted day, and one that is not nice."""
    backend = fake_backend(world_of())
    lines = DAY.read_text().splitlines()
    hostile = {"eventName": "\x1b[2J", "userIdentity": {"type": "AWSAccount", "principalId": "A"}}
    for record in (*(json.loads(lines[number]) for number in (0, 6, 24)), hostile):
        backend.core.audit.keep([record], MORNING)
    with admin_stub(backend, tmp_path_factory.mktemp("run")) as running:
        monkeypatch.setenv("IMDS_SIM_ADMIN", running.address)
        yield


@pytest.mark.usefixtures("daemon")
def test_records_are_lined_up_and_steer_no_terminal(invoke: Invoke) -> None:
    assert invoke("audit").stdout.splitlines() == [
        "time                  account       event              outcome       address          "
        "  caller",
        "2026-03-02T08:00:00Z  111122223333  AssumeRole         ok            ec2.amazonaws.com"
        "  ec2.amazonaws.com  -> arn:aws:iam::111122223333:role/web",
        "2026-03-02T08:05:00Z  111122223333  GetCallerIdentity  ok            192.0.2.10       "
        "  arn:aws:iam::111122223333:user/team/alice",
        "2026-03-02T08:25:00Z  111122223333  AssumeRole         AccessDenied  192.0.2.10       "
        "  arn:aws:iam::111122223333:user/bob  (User: arn:aws:iam::111122223333:user/bob is not"
        " authorized to perform: sts:AssumeRole on resource:"
        " arn:aws:iam::111122223333:role/nobody)",
        "-                     -             \\x1b[2J            ok            -                "
        "  A",
    ]


@pytest.mark.usefixtures("daemon")
def test_json_lines_are_the_whole_records(invoke: Invoke) -> None:
    lines = DAY.read_text().splitlines()
    told = [json.loads(line) for line in invoke("audit", "--json").stdout.splitlines()]
    assert told[:3] == [json.loads(lines[number]) for number in (0, 6, 24)]


def test_without_a_daemon_there_is_nothing_to_follow(invoke: Invoke) -> None:
    assert invoke("audit", "--follow").exit_code == 69


def test_that_there_is_nothing_is_told_apart_from_the_output(
    tmp_path: Path, invoke: Invoke
) -> None:
    with admin_stub(fake_backend(world_of()), tmp_path) as running:
        result = invoke("audit", "--json", "--admin", running.address)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "imds-sim: nothing was asked of the STS yet\n"
