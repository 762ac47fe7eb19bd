"""Faults of the file over reload and reset; the same seed, the same journal."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.exchange import Surface
from tests.simulator.faulty import WORLD, Clients, usual
from tests.simulator.scenes import scene_of

FILE = WORLD + "faults: ['ecs:503*1']\n"


def clients_of(text: str) -> Clients:
    return Clients(scene_of(text))


def test_the_faults_of_the_file_are_armed_at_the_start() -> None:
    clients = clients_of(FILE)
    assert [clients.ecs().status, clients.ecs().status] == [503, 200]


@pytest.mark.parametrize(
    ("after", "statuses"),
    [
        pytest.param(FILE, [200], id="the same file: what is spent stays spent"),
        pytest.param(FILE + "region: us-east-2\n", [200], id="another key changed"),
        pytest.param(WORLD + "faults: ['ecs:503*2']\n", [503, 503, 200], id="they changed"),
        pytest.param(WORLD, [200], id="none any more"),
    ],
)
def test_a_reload_arms_them_anew_only_if_they_changed(after: str, statuses: list[int]) -> None:
    clients = clients_of(FILE)
    assert clients.ecs().status == 503
    clients.arm("lambda:500")
    clients.scene.core.swap(clients.scene.world(after))
    assert [clients.ecs().status for _ in statuses] == statuses
    assert clients.aws_lambda().status == 500  # armed at run time: stays


def test_a_reset_arms_the_files_anew_and_ends_the_others() -> None:
    clients = clients_of(FILE)
    clients.ecs()
    clients.arm("lambda:500")
    clients.scene.core.reset()
    assert usual(clients.aws_lambda())
    assert [clients.ecs().status, clients.ecs().status] == [503, 200]


def test_weather_begins_and_ends_with_the_file() -> None:
    clients = clients_of(WORLD + "weather: {level: wild, seed: 3}\n")
    for _ in range(20):
        clients.ecs()
    assert any(entry.fault for entry in clients.scene.core.journal)
    clients.scene.core.journal.clear()
    clients.scene.core.swap(clients.scene.world(WORLD))
    for _ in range(20):
        clients.ecs()
    assert not any(entry.fault for entry in clients.scene.core.journal)


def test_in_any_weather_credentials_are_good() -> None:
    clients = clients_of(WORLD + "weather: {level: wild, seed: 3}\n")
    for _ in range(30):
        clients.put()
        assert clients.roles().body == b"web"
        for document in (clients.credentials(), clients.ecs(), clients.aws_lambda()):
            assert clients.identity(document) == "ok"


# A chance on every surface, more than one fault at a time, and what mints of its own.
CHANCY = f"""{WORLD}
endpoints: {{/plain: {{role: api, authorization_token: open-sesame}}}}
users:
  alice:
    access_keys: [{{id: AKIAALICEALICEALICE1, secret: hunter2}}]
    policies:
      all: {{Version: "2012-10-17", Statement: {{Effect: Allow, Action: "*", Resource: "*"}}}}
faults:
  - token:503~0.4
  - cred:rotate~0.5&conn:close-each~0.2
  - role:renamed~0.2
  - ecs:503~0.3
  - eks:403~0.3
  - lambda:500~0.3
  - sts:throttle~0.3
  - conn:delay=1s~0.1
  - {{fault: cred:life=10m~0.3, surface: generic, client: 127.0.0.0/8}}
"""
ALICE = {"AccessKeyId": "AKIAALICEALICEALICE1", "SecretAccessKey": "hunter2"}
WEB = "arn:aws:iam::111122223333:role/web"
OF_A_RUN = ("time", "duration", "expires_at")  # another run has another time


def told(clients: Clients) -> list[dict[str, Any]]:
    entries = [asdict(entry) for entry in clients.scene.core.journal]
    return [{k: v for k, v in each.items() if k not in OF_A_RUN} for each in entries]


def sequence(text: str, starts_at: datetime, between: timedelta) -> list[dict[str, Any]]:
    """What one sequential client does on every surface; its clock is that of no other run."""
    clock = ManualClock(starts_at)
    clients = Clients(scene_of(text, clock))
    for _ in range(15):
        clients.put()
        clients.roles()
        clients.credentials()
        clients.credentials(v1=True)
        clients.ecs()
        clients.eks()
        clients.eks("chained")
        clients.aws_lambda()
        clients.ask(Surface.GENERIC, "GET", "/plain", ("Authorization", "open-sesame"))
        clients.scene.sts(ALICE, Action="AssumeRole", RoleArn=WEB, RoleSessionName="joe")
        clients.scene.identity(ALICE)
        clock.advance(between)
    return told(clients)


@pytest.mark.parametrize("level", ["mild", "rough", "wild"])
def test_two_runs_with_one_seed_give_the_same_journal(level: str) -> None:
    text = f"{CHANCY}weather: {{level: {level}}}\n"
    one = sequence(text, datetime(2026, 1, 2, tzinfo=UTC), timedelta(0))
    other = sequence(text, datetime(2031, 7, 8, 9, tzinfo=UTC), timedelta(milliseconds=7))
    assert one == other
    for surface in ("imds", "ecs", "eks", "lambda", "generic", "sts"):
        assert len({entry["fault"] for entry in one if entry["surface"] == surface}) > 2, surface


def test_several_faults_act_together_and_the_journal_names_them() -> None:
    clients = Clients()
    clients.arm("token:403&v1:off")
    assert clients.put().status == 403
    assert clients.credentials(v1=True).status == 401
    assert clients.noted == "v1:off"
    clients.calm()
    clients.arm("cred:micros")
    clients.arm("conn:delay=1s")
    clients.ecs()
    assert clients.noted == "cred:micros&conn:delay=1s"


def test_a_fault_that_is_cleared_leaves_nothing_behind() -> None:
    clients = Clients()
    held = clients.credentials().body
    for fault in ("cred:life=60s", "cred:expired", "cred:stale", "cred:assume-denied", "v1:on"):
        clients.arm(fault)
        clients.credentials()
        clients.credentials(v1=True)
        clients.calm()
    assert clients.credentials().body == held
    assert clients.credentials(v1=True).status == 401
    assert not clients.scene.core.faults.active
