"""The control surface on a TCP port, and the probes beside it, of a real daemon."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imds_sim.admin.client import AdminClient, find
from imds_sim.admin.errors import AdminRefused
from imds_sim.kernel.secret import Secret
from tests.daemons import BARE, Daemon, daemon
from tests.system.test_daemon import ANY, DEFAULT, serve_in

TOKEN = "let-me-in-please"
PODS = "pods: {cart-1: {role: web}}\n"


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def running(tmp_path: Path, token_file: Path) -> Iterator[tuple[Daemon, int, int]]:
    config = DEFAULT.replace("lambda: []", 'lambda: [], admin: [auto, "127.0.0.1:0"]')
    config += f"admin_token_file: {token_file}\nprobes: {ANY}\n"
    with daemon(tmp_path, config) as started:
        _, admin = started.ready["admin"]
        [probes] = started.ready["probes"]
        yield started, port_of(admin), port_of(probes)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def status(port: int, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_port_asks_for_the_token_and_refuses_browsers(running: tuple[Daemon, int, int]) -> None:
    started, port, _ = running
    shown = {"Authorization": f"Bearer {TOKEN}"}
    assert started.ready["admin"] == [started.admin, f"http://127.0.0.1:{port}"]
    assert status(port, "/v1/status", **shown) == 200
    assert status(port, "/v1/status") == 401
    assert status(port, "/v1/status", Host="evil.example", **shown) == 403
    assert status(port, "/v1/status", Origin="http://localhost", **shown) == 403
    assert TOKEN not in started.log()


def test_a_command_finds_it_by_url_and_token_file(
    running: tuple[Daemon, int, int], token_file: Path
) -> None:
    _, port, _ = running
    url = f"http://127.0.0.1:{port}"
    known = {"IMDS_SIM_ADMIN": url, "IMDS_SIM_ADMIN_TOKEN_FILE": str(token_file)}
    client = find(None, known, os.geteuid())
    assert client == AdminClient(url, client.token)
    assert client.call("GET", "/readyz") == {"ready": True}
    with pytest.raises(AdminRefused, match="admin_token_file"):
        find(None, {"IMDS_SIM_ADMIN": url}, os.geteuid()).call("GET", "/readyz")


def test_probes_answer_probes_and_nothing_else(running: tuple[Daemon, int, int]) -> None:
    _, _, probes = running
    assert status(probes, "/healthz") == 200
    assert status(probes, "/readyz") == 200
    assert status(probes, "/metrics") == 200
    assert status(probes, "/v1/status") == 404
    assert status(probes, "/latest/meta-data/") == 404


def test_a_surface_that_imitates_aws_knows_no_probes(running: tuple[Daemon, int, int]) -> None:
    started, _, _ = running
    for url in (*started.ready["imds"], *started.ready["sts"], *started.ready["ecs"]):
        for path in ("/healthz", "/readyz", "/metrics"):
            assert status(port_of(url), path) in (401, 404), url


def test_a_token_that_others_can_read_is_refused_with_the_cure(
    tmp_path: Path, token_file: Path
) -> None:
    token_file.chmod(0o640)
    file = tmp_path / "sim.yaml"
    file.write_text(DEFAULT + f"admin_token_file: {token_file}\n")
    done = serve_in(tmp_path, "--config", str(file))
    assert done.returncode == 77
    assert f"chmod go-rwx {token_file}" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.dumps(TOKEN) not in done.stderr


@pytest.fixture
def tcp_alone(token_file: Path) -> str:
    config = DEFAULT.replace("lambda: []", 'lambda: [], admin: ["127.0.0.1:0"]')
    return config.replace("eks: []", f"eks: {ANY}") + f"admin_token_file: {token_file}\n"


def test_token_files_of_pods_have_a_folder_of_their_own_until_the_end(
    tmp_path: Path, tcp_alone: str
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    variables = {"TMPDIR": str(temporary)}
    with daemon(tmp_path, tcp_alone + PODS, environment=variables) as started:
        [port] = map(port_of, started.ready["admin"])
        client = AdminClient(f"http://127.0.0.1:{port}", Secret(TOKEN))
        given = client.call("GET", "/v1/environment", {"as": "cart-1"})
        assert started.stop() == 0
    assert str(temporary) in json.dumps(given)
    assert list(temporary.iterdir()) == []


@contextmanager
def where_no_file_can_be_written(folder: Path, config: str) -> Iterator[subprocess.Popen[str]]:
    """`serve`, which can make folders and no files, as on a full disk."""
    file = folder / "sim.yaml"
    file.write_text(config)
    argv = ["sh", "-c", 'ulimit -f 0 && exec "$@"', "sh", sys.executable, "-m", "imds_sim", "serve"]
    with subprocess.Popen(
        [*argv, "--config", str(file)],
        env=BARE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_without_pods_no_file_is_needed(tmp_path: Path, tcp_alone: str) -> None:
    with where_no_file_can_be_written(tmp_path, tcp_alone) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "imds-sim is ready\n"
        process.terminate()
        assert process.wait(timeout=60) == 0


def test_pods_without_a_place_for_their_tokens_are_refused_with_the_cure(
    tmp_path: Path, tcp_alone: str
) -> None:
    with where_no_file_can_be_written(tmp_path, tcp_alone + PODS) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 77
    assert "token files of pods: No usable temporary directory" in told
    assert "let TMPDIR be a folder that can be written" in told
