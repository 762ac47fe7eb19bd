import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.admin.backend import ReloadError, ReloadOutcome
from imds_sim.cli.clock import told_clock
from imds_sim.kernel.message import Notes
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance, InstanceProfile
from imds_sim.workloads.task import Task
from tests.admin_backend import fake_backend
from tests.admin_stub import StubDaemon, admin_stub
from tests.cli.conftest import Invoke
from tests.conftest import ROLE
from tests.worlds import ALICE, ISSUED_AT, REFUSED, world_of

PROFILE = InstanceProfile("arn:aws:iam::111122223333:instance-profile/web", "AIPA", ROLE)


@pytest.fixture
def daemon(
    make_instance: Callable[..., Instance],
    task: Task,
    function: Function,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[StubDaemon]:
    web_1 = make_instance("web-1", profile=PROFILE)
    web_3 = make_instance("web-3")
    world = world_of(web_1, web_3, task, function, users=[ALICE])
    with admin_stub(fake_backend(world), tmp_path_factory.mktemp("run")) as running:
        monkeypatch.setenv("IMDS_SIM_ADMIN", running.address)
        yield running


def test_env_prints_what_a_shell_evaluates(daemon: StubDaemon, invoke: Invoke) -> None:
    lines = invoke("env").stdout.splitlines()
    assert lines[0].startswith("unset AWS_ACCESS_KEY_ID ")
    assert lines[1] == "export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338"


@pytest.mark.parametrize("form", ["dotenv", "docker"])
def test_env_prints_a_file_for_containers(daemon: StubDaemon, invoke: Invoke, form: str) -> None:
    lines = invoke("env", "--as", "user/alice", "--format", form).stdout.splitlines()
    assert "AWS_SECRET_ACCESS_KEY=hers" in lines
    assert not any("unset" in line for line in lines)


def test_env_as_json_is_flat(daemon: StubDaemon, invoke: Invoke) -> None:
    document = json.loads(invoke("env", "--as", "resize", "--format", "json").stdout)
    assert document["AWS_LAMBDA_FUNCTION_NAME"] == "resize"


def test_env_adds_the_final_slash_on_request(daemon: StubDaemon, invoke: Invoke) -> None:
    printed = invoke("env", "--trailing-slash", "--format", "dotenv").stdout
    assert "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338/\n" in printed
    assert "AWS_ENDPOINT_URL_STS=http://127.0.0.1:1339\n" in printed


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [("web-9", 2, "web-9"), ("user/bob", 2, "bob"), ("web-3", 69, "instances.web-3.listen")],
)
def test_env_of_nobody_is_an_error_with_the_cure(
    daemon: StubDaemon, invoke: Invoke, name: str, status: int, told: str
) -> None:
    result = invoke("env", "--as", name)
    assert (result.exit_code, result.stdout) == (status, "")
    assert told in result.stderr


def test_status_shows_listeners_workloads_and_warnings(daemon: StubDaemon, invoke: Invoke) -> None:
    shown = invoke("status").stdout
    assert "pid 42, up 2h, ready" in shown
    assert "configuration: /etc/sim.yaml, generation 2" in shown
    assert "http://169.254.169.254" in shown
    assert "IMDSv2 ASIAHELD, 6h left, next at 04:04:05Z" in shown
    assert "web-3   instance  -" in shown
    assert "no role" in shown
    assert "warning: mind" in shown


def test_status_shows_refusal_expiry_and_a_failed_reload(
    daemon: StubDaemon, invoke: Invoke
) -> None:
    daemon.backend.core.clock.advance(timedelta(hours=6, seconds=3))
    assert "expired 3s ago" in invoke("status").stdout
    daemon.backend.core.credentials.value = REFUSED
    error = ReloadError("a.yaml", 1, 1, "", "wrong", "a.yaml:1:1: wrong")
    failed = ReloadOutcome(ISSUED_AT, 2, code="ConfigInvalid", errors=(error,))
    daemon.backend.process = replace(daemon.backend.process, last_reload=failed)
    shown = invoke("status").stdout
    assert "refused: AssumeRoleUnauthorizedAccess: the trust policy says no" in shown
    assert "last reload: 2026-01-02T03:04:05Z refused\n  a.yaml:1:1: wrong\n" in shown


def test_status_as_json_is_the_document(daemon: StubDaemon, invoke: Invoke) -> None:
    assert json.loads(invoke("status", "--json").stdout)["pid"] == 42


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_watching_is_for_a_terminal(
    daemon: StubDaemon, invoke: Invoke, more: tuple[str, ...]
) -> None:
    assert invoke("status", "--watch", *more).exit_code == 2


def test_a_daemon_is_named_on_the_command_line(
    daemon: StubDaemon, invoke: Invoke, tmp_path: Path
) -> None:
    elsewhere = {"IMDS_SIM_ADMIN": f"unix:{tmp_path}/other.sock"}
    assert invoke("status", environ=elsewhere).exit_code == 69
    assert invoke("status", "--admin", daemon.address, environ=elsewhere).exit_code == 0


def test_wait_ends_when_the_daemon_is_ready(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("wait").exit_code == 0


def test_wait_says_no_at_its_timeout(daemon: StubDaemon, invoke: Invoke) -> None:
    daemon.backend.process = replace(daemon.backend.process, ready=False)
    result = invoke("wait", "--timeout", "100ms")
    assert result.exit_code == 1
    assert "not ready after 100ms" in result.stderr


def test_wait_says_no_where_there_is_no_daemon(invoke: Invoke) -> None:
    result = invoke("wait", "--timeout", "0")
    assert result.exit_code == 1
    assert "no daemon listens" in result.stderr


@pytest.mark.parametrize(("ready", "status"), [(True, 0), (False, 1)])
def test_health_is_whether_the_daemon_is_ready(
    daemon: StubDaemon, invoke: Invoke, ready: bool, status: int
) -> None:
    daemon.backend.process = replace(daemon.backend.process, ready=ready)
    assert invoke("health").exit_code == status


def test_health_says_no_where_there_is_no_daemon(invoke: Invoke) -> None:
    result = invoke("health")
    assert result.exit_code == 1
    assert "not healthy: no daemon listens" in result.stderr


def test_rotate_shows_the_new_keys(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("rotate", "--as", "web-1").stdout == (
        "web-1  IMDSv2 ASIAHELD, 6h left, next at 04:04:05Z\n"
    )
    assert len(invoke("rotate").stdout.splitlines()) == 5
    assert invoke("rotate", "--as", "web-9").exit_code == 2


def test_restore_wants_a_function_with_a_snapshot(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("restore").exit_code == 2
    result = invoke("restore", "--as", "web-1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "web-1 is no function" in result.stderr


def test_reload_prints_what_changed(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("reload").stdout == "nothing changed\n"
    daemon.outcome = ReloadOutcome(ISSUED_AT, 3, ("role web added",), ("mind",))
    result = invoke("reload")
    assert (result.exit_code, result.stdout) == (0, "role web added\n")
    assert result.stderr == "warning: mind\n"


@pytest.mark.parametrize(
    ("code", "status"), [("ConfigInvalid", 78), ("ConfigNotReadable", 66), ("CannotBind", 69)]
)
def test_reload_of_a_wrong_file_prints_every_error(
    daemon: StubDaemon, invoke: Invoke, code: str, status: int
) -> None:
    errors = tuple(ReloadError("a", n, 1, "", "wrong", f"a:{n}:1: wrong") for n in (1, 2))
    daemon.outcome = ReloadOutcome(ISSUED_AT, 2, code=code, errors=errors)
    result = invoke("reload")
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr == "a:1:1: wrong\na:2:1: wrong\n"


def test_get_is_for_instances_only(daemon: StubDaemon, invoke: Invoke) -> None:
    result = invoke("get", "meta-data/", "--as", "api")
    assert result.exit_code == 2
    assert "api is a task" in result.stderr


def test_the_clock_is_moved_both_ways_and_reset(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("clock", "show").stdout == "2026-01-02T03:04:05Z, the real time\n"
    ahead = "2026-01-02T05:04:05Z, 2h ahead of the real time\n"
    assert invoke("clock", "advance", "2h").stdout == ahead
    assert invoke("clock", "show").stdout == ahead
    assert f"clock: {ahead}" in invoke("status").stdout
    behind = "2026-01-02T02:59:05Z, 5m behind the real time\n"
    assert invoke("clock", "advance", "-2h5m", "--admin", daemon.address).stdout == behind
    assert invoke("clock", "reset").stdout == "2026-01-02T03:04:05Z, the real time\n"


@pytest.mark.parametrize("duration", ["5", "5x", "--5m", "-", "soon", "99999999d", "-99999999d"])
def test_what_is_no_duration_is_wrong_usage(
    daemon: StubDaemon, invoke: Invoke, duration: str
) -> None:
    result = invoke("clock", "advance", duration)
    assert (result.exit_code, result.stdout) == (2, "")
    assert not daemon.backend.core.clock.shift


def test_a_reset_says_what_it_did(daemon: StubDaemon, invoke: Invoke) -> None:
    invoke("clock", "advance", "2h")
    assert invoke("reset").stdout == "0 requests forgotten, 4 sets minted\n"
    assert not daemon.backend.core.clock.shift


def test_options_are_changed_and_shown(daemon: StubDaemon, invoke: Invoke) -> None:
    lines = invoke("options", "web-1").stdout.splitlines()
    assert "http_tokens: required" in lines
    changed = invoke("options", "web-1", "--http-tokens", "optional", "--tag", "stage=a=b")
    assert changed.exit_code == 0
    assert "http_tokens: optional" in changed.stdout.splitlines()
    assert "  stage: a=b" in changed.stdout.splitlines()
    assert "stage" not in invoke("options", "web-1", "--untag", "stage").stdout
    told = invoke("status").stdout
    assert "changed at run time: web-1: metadata_options.http_tokens: optional" in told
    assert "changed at run time: web-1: tags.stage: null" in told
    assert invoke("options", "web-1", "--tag", "x").exit_code == 2
    assert invoke("options", "no/such").exit_code == 2


def test_events_are_made_shown_and_cleared(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("event", "show", "web-1").stdout == "no events\n"
    told = invoke("event", "spot", "web-1", "--action", "terminate", "--in", "2m")
    assert told.stdout == "spot  terminate  2026-01-02T03:06:05Z  told\n"
    assert invoke("event", "spot", "web-1", "--in", "soon").exit_code == 2
    assert "rebalance" in invoke("event", "rebalance", "web-1", "--in", "5m").stdout
    assert "system-reboot" in invoke("event", "maintenance", "web-1").stdout
    assert "InService" in invoke("event", "lifecycle", "web-1", "InService").stdout
    assert len(invoke("event", "show", "web-1").stdout.splitlines()) == 4
    assert len(invoke("event", "clear", "web-1", "--type", "spot").stdout.splitlines()) == 3
    assert invoke("event", "clear", "web-1").stdout == "no events\n"


def test_doctor_tells_warnings_and_a_refused_reload(daemon: StubDaemon, invoke: Invoke) -> None:
    error = ReloadError("a.yaml", 1, 1, "", "wrong", "a.yaml:1:1: wrong")
    failed = ReloadOutcome(ISSUED_AT, 2, code="ConfigInvalid", errors=(error,))
    daemon.backend.process = replace(daemon.backend.process, last_reload=failed)
    result = invoke("doctor")
    assert result.exit_code == 1
    assert "daemon: mind; " in result.stdout
    assert "a.yaml:1:1: wrong" in result.stdout


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.4, "the real time"),
        (-0.4, "the real time"),
        (23699.701, "6h35m ahead of the real time"),
        (-1.2, "1s behind the real time"),
    ],
)
def test_the_clock_is_told_to_the_second(seconds: float, told: str) -> None:
    assert told_clock({"now": "T", "shift_seconds": seconds, "rate": 1}) == f"T, {told}"


def test_one_request_is_no_requests(daemon: StubDaemon, invoke: Invoke) -> None:
    daemon.backend.core.journal.record(
        time=ISSUED_AT,
        surface="imds",
        workload="web-1",
        client="127.0.0.1",
        user_agent=None,
        method="GET",
        target="/",
        status=200,
        notes=Notes(),
        duration=timedelta(0),
    )
    assert invoke("reset").stdout.startswith("1 request forgotten, ")
