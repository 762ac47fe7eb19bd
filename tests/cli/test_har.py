"""The archive, against the required members of HAR 1.2."""

import json
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imds_sim.kernel.message import Notes
from imds_sim.workloads.instance import Instance
from tests.admin_backend import fake_backend
from tests.admin_stub import admin_stub
from tests.cli.conftest import Invoke
from tests.worlds import ISSUED_AT, world_of


def members(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


TEXT, NUMBER = {"type": "string"}, {"type": "integer", "minimum": -1}
PAIRS = {"type": "array", "items": members(name=TEXT, value=TEXT)}
TIME = {"type": "number", "minimum": 0}
SIZES = {"headersSize": NUMBER, "bodySize": NUMBER}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
URL = {"type": "string", "pattern": "^http://[^/]+/"}
ENTRY = members(
    startedDateTime=INSTANT,
    time=TIME,
    request=members(
        method=TEXT, url=URL, httpVersion=TEXT, cookies=PAIRS, headers=PAIRS, queryString=PAIRS,
        **SIZES,
    ),
    response=members(
        status={"type": "integer"}, statusText=TEXT, httpVersion=TEXT, cookies=PAIRS,
        headers=PAIRS, content=members(size=NUMBER, mimeType=TEXT), redirectURL=TEXT, **SIZES,
    ),
    cache=members(),
    timings=members(send=TIME, wait=TIME, receive=TIME),
)  # fmt: skip
LOG = members(
    version={"const": "1.2"},
    creator=members(name=TEXT, version=TEXT),
    entries={"type": "array", "items": ENTRY},
)
HAR = Draft202012Validator(members(log=LOG))


@pytest.fixture(autouse=True)
def daemon(
    make_instance: Callable[..., Instance],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """A daemon that was asked over TCP and over a unix socket, and once in no known way."""
    backend = fake_backend(world_of(make_instance("web-1")))
    for target, local, status, agent in (
        ("/?Action=GetCallerIdentity&X-Amz-Security-Token=hunter2&empty", "::1", 200, "curl/8"),
        ("/latest/", "", 404, None),
        ("http://169.254.169.254/latest/", "127.0.0.1", 0, None),
    ):
        backend.core.journal.record(
            time=ISSUED_AT, surface="imds", workload="web-1", client="127.0.0.1",
            user_agent=agent, method="GET", target=target, status=status,
            notes=Notes(access_key_id="ASIAHELD"), duration=timedelta(milliseconds=1.5),
            local=local, local_port=1338, response_bytes=7,
        )  # fmt: skip
    with admin_stub(backend, tmp_path_factory.mktemp("run")) as running:
        monkeypatch.setenv("IMDS_SIM_ADMIN", running.address)
        yield


def test_an_archive_has_what_the_format_requires_and_no_secret(
    invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "journal.har"
    assert invoke("journal", "--har", str(file)).exit_code == 0
    archive = json.loads(file.read_text())
    assert [error.message for error in HAR.iter_errors(archive)] == []
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "hunter2" not in file.read_text()
    first, second, third = archive["log"]["entries"]
    assert first["request"]["url"].startswith("http://[::1]:1338/?Action=GetCallerIdentity&")
    assert first["request"]["queryString"] == [
        {"name": "Action", "value": "GetCallerIdentity"},
        {"name": "X-Amz-Security-Token", "value": "***"},
        {"name": "empty", "value": ""},
    ]
    assert first["request"]["headers"] == [{"name": "User-Agent", "value": "curl/8"}]
    assert (first["time"], first["timings"]["wait"]) == (1.5, 1.5)
    assert (first["response"]["content"]["size"], first["_access_key_id"]) == (7, "ASIAHELD")
    assert second["request"]["url"] == "http://localhost/latest/"
    assert (second["response"]["status"], second["response"]["statusText"]) == (404, "Not Found")
    assert third["request"]["url"] == "http://169.254.169.254/latest/"
    assert (third["response"]["status"], third["response"]["statusText"]) == (0, "")


def test_it_can_be_printed_and_narrowed(invoke: Invoke) -> None:
    printed = json.loads(invoke("journal", "--har", "-", "--surface", "sts").stdout)
    assert printed["log"]["entries"] == []


@pytest.mark.parametrize("other", ["--follow", "--json"])
def test_it_is_another_thing_than_lines(invoke: Invoke, other: str) -> None:
    assert invoke("journal", "--har", "-", other).exit_code == 2


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (".", "not an ordinary file; name one that can be replaced"),
        (
            "nowhere/x.har",
            "cannot be written: No such file or directory; name a file in a folder where you may",
        ),
    ],
)
def test_a_place_that_cannot_be_written_is_told_with_the_remedy(
    invoke: Invoke, tmp_path: Path, place: str, told: str
) -> None:
    refused = invoke("journal", "--har", str(tmp_path / place))
    assert refused.exit_code == 77
    assert told in refused.stderr


def test_an_archive_is_replaced_whole_and_nobody_else_reads_it(
    invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "journal.har"
    file.write_text("x" * 1_000_000)
    file.chmod(0o644)
    assert invoke("journal", "--har", str(file)).exit_code == 0
    assert len(json.loads(file.read_text())["log"]["entries"]) == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
