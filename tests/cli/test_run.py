import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Invoke
from tests.waiting import PATIENCE

DUMP = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
FILES = (
    "import os, json, sys; names = ('AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE');"
    "json.dump({n: open(os.environ[n]).read() for n in names}, open(sys.argv[1], 'w'))"
)


def test_the_command_is_the_first_instance_and_sees_no_other_aws(
    invoke: Invoke, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    real = {"AWS_PROFILE": "prod", "AWS_ACCESS_KEY_ID": "AKIAREAL"}
    result = invoke("run", "--", sys.executable, "-c", DUMP, str(out), environ=real)
    assert result.exit_code == 0, result.stderr
    seen = json.loads(out.read_text())
    assert not set(seen) & set(real)
    assert seen["AWS_EC2_METADATA_SERVICE_ENDPOINT"].startswith("http://127.0.0.1:")
    assert seen["AWS_ENDPOINT_URL_STS"].startswith("http://127.0.0.1:")


def test_its_configuration_and_credential_files_are_empty(invoke: Invoke, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert invoke("run", "--", sys.executable, "-c", FILES, str(out)).exit_code == 0
    assert set(json.loads(out.read_text()).values()) == {""}


def test_a_configuration_file_is_given_on_request(invoke: Invoke, tmp_path: Path) -> None:
    given, out = tmp_path / "config", tmp_path / "out"
    given.write_text("[default]\n")
    command = [sys.executable, "-c", FILES, str(out)]
    assert invoke("run", "--aws-config", str(given), "--", *command).exit_code == 0
    assert json.loads(out.read_text()) == {
        "AWS_CONFIG_FILE": "[default]\n",
        "AWS_SHARED_CREDENTIALS_FILE": "",
    }
    missing = invoke("run", "--aws-config", str(tmp_path / "none"), "--", "true")
    assert missing.exit_code == 66


def test_another_workload_and_a_second_emulator(invoke: Invoke, tmp_path: Path) -> None:
    config, out = tmp_path / "sim.yaml", tmp_path / "out"
    config.write_text("roles: {web: {}}\ntasks: {api-1: {role: web}}\n")
    options = ["--config", str(config), "--as", "api-1", "--endpoint-url", "http://127.0.0.1:4566"]
    # Options of the command are its own, with or without the two dashes.
    assert invoke("run", *options, sys.executable, "-c", DUMP, str(out)).exit_code == 0
    seen = json.loads(out.read_text())
    assert "/v2/credentials/" in seen["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    assert seen["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--", "sh", "-c", "exit 7"], 7),
        (["--", "nosuch"], 127),
        pytest.param(
            ["--config", "/nowhere/sim.yaml", "--", "nosuch"], 127, id="looked up before all else"
        ),
        (["--as", "web-9", "--", "true"], 2),
        (["--config", "/nowhere/sim.yaml", "--", "true"], 66),
    ],
)
def test_it_ends_with_the_status_that_is_due(
    invoke: Invoke, arguments: list[str], status: int
) -> None:
    assert invoke("run", *arguments).exit_code == status


def test_a_wrong_file_ends_with_78(invoke: Invoke, tmp_path: Path) -> None:
    config = tmp_path / "sim.yaml"
    config.write_text("rols: {}\n")
    assert invoke("run", "--config", str(config), "--", "true").exit_code == 78


WORLD = """
roles: {r: {}}
instances: {web-1: {role: r}}
tasks: {api-1: {role: r}}
users: {alice: {}}
"""


@pytest.mark.parametrize(
    ("whose", "fault", "refused"),
    [
        ("web-1", "token:503", False),
        ("web-1", "sts:throttle", False),
        ("web-1", "ecs:503", True),
        ("web-1", "token:503&ecs:503", True),
        ("api-1", "ecs:503", False),
        pytest.param("api-1", "imds:500", False, id="a task falls back to the instance"),
        ("api-1", "eks:429", True),
        ("user/alice", "sts:throttle", False),
        ("user/alice", "ecs:503", True),
    ],
)
def test_a_fault_that_the_command_cannot_meet_is_refused(
    invoke: Invoke, tmp_path: Path, whose: str, fault: str, refused: bool
) -> None:
    config, ran = tmp_path / "sim.yaml", tmp_path / "ran"
    config.write_text(WORLD)
    options = ["--config", str(config), "--as", whose, "--fault", fault]
    result = invoke("run", *options, "--", "touch", str(ran))
    assert (result.exit_code, ran.exists()) == ((2, False) if refused else (0, True))
    assert ("only, and a command asks on " in result.stderr) == refused


def test_the_refusal_names_who_would_meet_it(invoke: Invoke, tmp_path: Path) -> None:
    config = tmp_path / "sim.yaml"
    config.write_text(WORLD)
    result = invoke("run", "--config", str(config), "--fault", "ecs:503", "--", "true")
    assert result.stderr == (
        "imds-sim: 'ecs:503': ecs:503 hits on ecs only, and a command asks on imds and sts as "
        "instance web-1; run it --as api-1, or put the fault under faults: in the file if it is "
        "for what COMMAND starts\n"
    )


def test_our_own_commands_work_inside() -> None:
    inside = [sys.executable, "-m", "imds_sim", "whoami", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "imds_sim", "run", "--", *inside], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["source"].startswith("IMDSv2")


def test_an_interrupt_from_another_process_goes_on_to_the_command() -> None:
    script = "trap 'exit 9' INT; echo ready; while :; do sleep 0.01; done"
    with subprocess.Popen(
        [sys.executable, "-m", "imds_sim", "run", "--", "sh", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # no terminal: a key pressed there would reach the command itself
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        os.kill(running.pid, signal.SIGINT)
        assert running.wait(timeout=PATIENCE) == 9
