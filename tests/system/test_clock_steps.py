"""The wall clock of the machine steps under a serving daemon, an hour back and forth.

libfaketime stands for the machine: what it writes into a file is added to the real time that every
process started with it reads, at once. The monotonic clock stays, as it does when a clock is set.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from imds_sim.admin.client import AdminClient
from tests.daemons import Daemon, daemon
from tests.waiting import until

pytestmark = pytest.mark.slow  # what comes by itself is waited for, up to some seconds a step

CONFIG = """
listen: {imds: ["127.0.0.1:0"], sts: ["127.0.0.1:0"], ecs: [], eks: [], lambda: []}
roles: {web: {}}
instances: {web-1: {role: web}}
credentials: {lifetime: 1h, refresh_every: 2s}
"""
STEPS = ("+1h", "-0h", "-1h", "+0h")
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
SLACK = timedelta(seconds=60)  # of a slow machine


class Machine:
    """A daemon and its clients on a machine whose clock is this many hours off."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "offset"
        self.set("+0h")
        self.environment = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset: str) -> None:
        """Step the clock: to so much off the real time."""
        new = self._file.with_suffix(".new")
        new.write_text(offset)
        new.replace(self._file)
        self._offset = timedelta(hours=int(offset.removesuffix("h")))

    def now(self) -> datetime:
        """What the clock of that machine shows."""
        return datetime.now(UTC) + self._offset  # noqa: TID251 - it stands for the real time


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if not LIBRARIES:
        pytest.skip("libfaketime is not installed (Debian: faketime)")
    return Machine(tmp_path)


@pytest.fixture
def running(machine: Machine, tmp_path: Path) -> Iterator[Daemon]:
    with daemon(tmp_path, CONFIG, environment=machine.environment) as started:
        yield started


def held(running: Daemon) -> dict[str, str]:
    status = AdminClient(f"{running.folder}/admin.sock").call("GET", "/v1/status")
    [workload] = json.loads(json.dumps(status["workloads"]))
    found: dict[str, str] = workload["credentials"]["imds_v2"]
    return found


def renewed(running: Daemon, before: str) -> dict[str, str]:
    """The first set that is another one than `before`; nobody reads it, the refresher comes."""

    def look() -> dict[str, str] | None:
        found = held(running)
        return found if found["access_key_id"] != before else None

    return until(look, running.log)


def ask(running: Daemon, method: str, path: str, **headers: str) -> tuple[datetime, bytes]:
    """The time that the answer says it is, and its body."""
    place = urlsplit(running.ready["imds"][0])
    connection = HTTPConnection(str(place.hostname), place.port, timeout=60)
    try:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=fields)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, body)
        return parsedate_to_datetime(str(answer.getheader("Date"))), body
    finally:
        connection.close()


def test_refresh_expiry_and_signatures_follow_a_clock_that_steps(
    running: Daemon, machine: Machine
) -> None:
    _, token = ask(running, "PUT", "/latest/api/token",
                   X_aws_ec2_metadata_token_ttl_seconds="21600")  # fmt: skip
    shown = {"X_aws_ec2_metadata_token": token.decode()}
    for offset in STEPS:
        before = held(running)
        machine.set(offset)
        found = renewed(running, before["access_key_id"])
        again = renewed(running, found["access_key_id"])  # and they go on coming
        assert again["issued_at"] >= found["issued_at"]
        path = "/latest/meta-data/iam/security-credentials/web"
        date, body = ask(running, "GET", path, **shown)
        keys = json.loads(body)
        assert abs(date - machine.now()) < SLACK, "the HTTP Date is the wall's"
        life = datetime.fromisoformat(keys["Expiration"]) - machine.now()
        assert abs(life - timedelta(hours=1)) < SLACK, offset
        assert ":assumed-role/web/i-" in running.arn_of(keys, machine.environment)
        assert ", up -" not in running.imds_sim("status").stdout
    assert running.stop() == 0
    assert "Traceback" not in running.log()
