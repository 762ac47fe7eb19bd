"""The image, and the compose files around it: what they say holds where buildah and podman run."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.daemons import NOTHING
from tests.system.containers.compose import Composed, composed
from tests.system.containers.engine import Engine
from tests.system.containers.image import IMAGE, base
from tests.system.machine import CHECKOUT
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.boot]

README = (CHECKOUT / "README.md").read_text()
HOST = "arn:aws:sts::111122223333:assumed-role/host/i-"
WHOAMI = """
import boto3
print(boto3.client("sts").get_caller_identity()["Arn"])
"""
HELD = """
import boto3
found = boto3.Session().get_credentials().get_frozen_credentials()
print(found.access_key, found.secret_key, found.token)
"""
# Half of a request, which the daemon says to go on with; the other half once a line was read.
SLOW = """
import socket, sys
to = socket.create_connection(("169.254.169.254", 1339), timeout=60)
to.sendall(b"POST / HTTP/1.1\\r\\nHost: sts\\r\\nContent-Length: 43\\r\\n")
to.sendall(b"Content-Type: application/x-www-form-urlencoded\\r\\n")
to.sendall(b"Expect: 100-continue\\r\\n\\r\\n")
print(to.recv(100).split()[1].decode(), flush=True)
sys.stdin.readline()
to.sendall(b"Action=GetCallerIdentity&Version=2011-06-15")
print(to.recv(100).split()[1].decode(), flush=True)
"""


class Application:
    """Python with boto3 and no simulator, in the place of a compose file's `app`."""

    def __init__(self, compose: Composed, debian: Path) -> None:
        self.compose = compose
        self._boto3 = f"--volume={debian}/opt/imds-sim:/opt/imds-sim:ro"

    def argv(self, program: str, environment: Mapping[str, str], *flags: str) -> list[str]:
        """How podman runs a program in it."""
        variables = (f"--env={name}={value}" for name, value in environment.items())
        extra = (self._boto3, *variables, *flags)
        python = "/opt/imds-sim/bin/python"
        return self.compose.argv("app", base(), python, "-c", program, extra=extra)

    def run(self, program: str, **environment: str) -> str:
        """What the program prints."""
        return self.compose.engine.podman(*self.argv(program, environment)).stdout

    def asked(self) -> list[str]:
        """The surfaces and paths of what the daemon answered."""
        ask = ("exec", "imds-sim", "imds-sim", "journal", "--json")
        journal = self.compose.engine.podman(*ask).stdout
        entries = [json.loads(line) for line in journal.splitlines()]
        return [f"{each['surface']} {each['path']}" for each in entries]


@pytest.fixture
def application(
    request: pytest.FixtureRequest, containers: Engine, debian: Path, tmp_path: Path
) -> Iterator[Application]:
    with composed(containers, request.param, tmp_path / "compose") as compose:
        yield Application(compose, debian)


every = pytest.mark.parametrize(
    "application", ["fixed-address", "sidecar", "environment"], indirect=True
)
fixed_address = pytest.mark.parametrize("application", ["fixed-address"], indirect=True)


def test_the_image_says_how_it_is_to_be_run(containers: Engine) -> None:
    [image] = json.loads(containers.podman("image", "inspect", IMAGE).stdout)
    assert image["User"] == "65532:65532"
    assert image["Config"]["Entrypoint"] == ["imds-sim"]
    assert image["Config"]["StopSignal"] in ("SIGTERM", "15")
    assert image["Healthcheck"]["Test"] == ["CMD", "imds-sim", "health"]
    assert image["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_the_line_of_the_readme_serves_this_machine_and_can_write_nothing(
    containers: Engine,
) -> None:
    line = re.search(r"^docker run (.+?)^```", README, re.MULTILINE | re.DOTALL)
    assert line
    *flags, image = shlex.split(line[1].replace("\\\n", " "))
    here = ("--name=plain", "--pull=never", "--cgroups=disabled", "--health-interval=disable")
    containers.podman("run", "--detach", *here, "--read-only-tmpfs=false", *flags, image)
    try:
        containers.podman("exec", "plain", "imds-sim", "wait")
        assert containers.podman("healthcheck", "run", "plain").returncode == 0
        denied = containers.podman("exec", "plain", "touch", "/tmp/x", check=False).stderr
        assert "Read-only file system" in denied
        for port, status in ((1338, "401"), (1339, "302")):
            ask = ("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "20")
            curl = containers.namespace.command(*ask, f"http://127.0.0.1:{port}/")
            answer = subprocess.run(curl, capture_output=True, text=True, timeout=60)
            assert answer.stdout == status
    finally:
        containers.podman("rm", "--force", "--time=0", "plain", check=False)


@every
def test_boto3_is_the_instance_and_the_daemon_may_do_nothing(application: Application) -> None:
    arn = application.run(WHOAMI)
    assert ":assumed-role/" in arn
    assert arn.rpartition("/")[2].startswith("i-")
    assert "imds /latest/api/token" in application.asked()
    status = application.compose.engine.podman("exec", "imds-sim", "cat", "/proc/1/status").stdout
    lines = dict(line.split(":\t", 1) for line in status.splitlines())
    assert lines["Uid"].split() == ["65532"] * 4
    assert {lines[name].strip("0") for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {""}
    assert lines["NoNewPrivs"] == "1"


@pytest.mark.parametrize("application", ["fixed-address", "sidecar"], indirect=True)
def test_boto3_is_the_task_with_one_variable(application: Application) -> None:
    arn = application.run(WHOAMI, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/v2/credentials/app")
    assert ":assumed-role/app/" in arn
    assert "ecs /v2/credentials/app" in application.asked()


@every
def test_the_log_is_json_without_a_secret(application: Application) -> None:
    held = application.run(HELD).split()[1:]
    logged = application.compose.logs("imds-sim")
    assert [json.loads(line)["event"] for line in logged.splitlines()][-1] == "daemon.ready"
    assert len(held) == 2
    assert not [secret for secret in (*held, "0f" * 32) if secret in logged]


@fixed_address
def test_podman_stop_waits_for_the_open_request(application: Application) -> None:
    podman, started = application.compose.engine.podman, application.compose.engine.started
    with started(*application.argv(SLOW, NOTHING, "--interactive")) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        assert client.stdout.readline() == "100\n"
        with started("stop", "--time=30", "imds-sim") as stop:
            until(lambda: "daemon.stopping" in application.compose.logs("imds-sim"))
            assert stop.poll() is None
            client.stdin.write("go on\n")
            client.stdin.flush()
            assert client.stdout.readline() == "403\n"  # it is not signed
            assert stop.wait(timeout=60) == 0
    assert podman("inspect", "--format={{.State.ExitCode}}", "imds-sim").stdout == "0\n"


@fixed_address
def test_sessions_outlive_the_container(application: Application) -> None:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    held = application.run(HELD).split()
    application.compose.engine.podman("rm", "--force", "--time=20", "imds-sim")
    application.compose.started.remove("imds-sim")
    assert application.run(WHOAMI, **dict(zip(names, held, strict=True))).startswith(HOST)
