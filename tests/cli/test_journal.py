import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.kernel.message import Notes
from imds_sim.workloads.instance import Instance
from tests.admin_backend import fake_backend
from tests.admin_stub import StubDaemon, admin_stub
from tests.cli.conftest import Invoke
from tests.worlds import ISSUED_AT, world_of


@pytest.fixture
def daemon(
    make_instance: Callable[..., Instance],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[StubDaemon]:
    """A daemon that was asked once on the metadata service and once on the STS."""
    backend = fake_backend(world_of(make_instance("web-1")))
    rows: list[tuple[str, str | None, str, str, Notes]] = [
        ("imds", "web-1", "GET", "/latest/meta-data/", Notes(imds_version=2)),
        ("sts", None, "POST", "/\x1b[2J", Notes(access_key_id="ASIAHELD", detail="denied")),
    ]
    for surface, workload, method, path, notes in rows:
        backend.core.journal.record(
            time=ISSUED_AT,
            surface=surface,
            workload=workload,
            client="127.0.0.1",
            user_agent="curl/8",
            method=method,
            target=path,
            status=200,
            notes=notes,
            duration=timedelta(milliseconds=1.5),
        )
    folder: Path = tmp_path_factory.mktemp("run")
    with admin_stub(backend, folder) as running:
        monkeypatch.setenv("IMDS_SIM_ADMIN", running.address)
        yield running


def test_requests_are_lined_up_and_steer_no_terminal(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("journal").stdout.splitlines() == [
        "2026-01-02T03:04:05.000Z  imds  web-1  127.0.0.1  200  v2  GET /latest/meta-data/  curl/8",
        "2026-01-02T03:04:05.000Z  sts   -      127.0.0.1  200  -   POST /\\x1b[2J  ASIAHELD"
        "  curl/8  (denied)",
    ]


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
