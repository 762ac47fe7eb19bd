"""What a machine can do to a daemon: each is told in a line, or goes unnoticed by its clients."""

import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest

from imds_sim.admin.client import AdminClient
from tests.daemons import BARE, Daemon, daemon, handed_over
from tests.namespaces import missing, namespace
from tests.service_manager import service_manager
from tests.system.test_daemon import DEFAULT, serve_in
from tests.system.test_under_load import memory
from tests.waiting import until

pytestmark = pytest.mark.slow


def port_of(running: Daemon) -> int:
    [imds] = running.ready["imds"]
    return int(imds.rpartition(":")[2])


def asked(port: int, path: str = "/latest/meta-data/") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_directory_in_the_place_of_the_file_is_told_in_one_line(tmp_path: Path) -> None:
    done = serve_in(tmp_path, "--config", str(tmp_path))
    assert (done.returncode, done.stderr) == (66, f"{tmp_path}: Is a directory\n")


def serve_without(folder: Path, config: str, *capabilities: str) -> tuple[int, str]:
    """A start that fails, in a network of its own, where even root lacks these capabilities."""
    if reason := missing() or ("setpriv is not installed" if not which("setpriv") else None):
        pytest.skip(reason)
    less = ",".join(f"-{each}" for each in capabilities)
    privileges = ["setpriv", f"--bounding-set={less}", f"--inh-caps={less}"] if less else []
    serve = (sys.executable, "-m", "imds_sim", "serve", "--config", config)
    with namespace() as network:
        done = subprocess.run(
            network.command(*privileges, *serve),
            env={**BARE, "RUNTIME_DIRECTORY": str(folder)}, cwd=folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.stdout == ""
    assert not (folder / "admin.sock").exists()
    return done.returncode, done.stderr


def test_an_address_that_is_missing_is_told_in_one_line_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text('listen: {imds: ["169.254.169.254:8080"]}\n')
    assert serve_without(tmp_path, "c.yaml") == (
        69,
        "imds-sim: imds cannot listen on 169.254.169.254:8080: cannot assign requested address; "
        "add it first: ip address add 169.254.169.254/32 dev lo\n",
    )


def test_a_port_without_permission_is_told_in_one_line_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text('listen: {imds: ["127.0.0.1:80"]}\n')
    status, told = serve_without(tmp_path, "c.yaml", "net_bind_service")
    assert (status, told.count("\n")) == (77, 1)
    assert told.startswith("imds-sim: imds cannot listen on 127.0.0.1:80: permission denied; grant")


def test_a_file_without_permission_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").touch(mode=0o000)
    without = ("dac_override", "dac_read_search")
    assert serve_without(tmp_path, "c.yaml", *without) == (66, "c.yaml: Permission denied\n")


@pytest.mark.parametrize(
    ("damage", "status"),
    [
        pytest.param(lambda file: file.unlink(), 66, id="gone"),
        pytest.param(lambda file: (file.unlink(), file.mkdir()), 66, id="a directory"),
        pytest.param(lambda file: file.write_text(""), 78, id="just begun"),
        pytest.param(lambda file: file.write_text(DEFAULT[:-20]), 78, id="half-written"),
        pytest.param(lambda file: file.write_bytes(b"\xff\xfe\0"), 78, id="no text"),
    ],
)
def test_a_reload_of_a_damaged_file_leaves_the_service_unbroken(
    tmp_path: Path, damage: Callable[[Path], object], status: int
) -> None:
    with daemon(tmp_path, DEFAULT) as running:
        damage(tmp_path / "config.yaml")
        done = running.imds_sim("reload", check=False)
        assert (done.returncode, done.stdout) == (status, "")
        assert "config.yaml" in done.stderr
        assert "Traceback" not in done.stderr + running.log()
        assert asked(port_of(running)) == 401
        assert running.stop() == 0


def test_clients_that_never_read_hold_up_nobody_and_are_not_waited_for_in_memory(
    tmp_path: Path,
) -> None:
    request = b"GET /latest/meta-data/ HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
    with daemon(tmp_path, DEFAULT) as running:
        port = port_of(running)
        assert asked(port) == 401
        before = memory(running)
        deaf = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for each in deaf:
            each.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:  # until neither side takes any more
                    each.send(request * 100)
        assert asked(port) == 401
        assert memory(running) - before < 32 * 1024  # KiB; 64 KiB of replies for each, and heads
        running.imds_sim("reload")
        for each in deaf:
            each.close()
        assert running.stop() == 0
        assert "Traceback" not in running.log()


def test_a_full_disk_at_the_writing_of_the_key_is_told_with_the_cure(tmp_path: Path) -> None:
    """A limit of no byte on every file stands for the full disk."""
    config = tmp_path / "sim.yaml"
    config.write_text(f"state_dir: {tmp_path}/state\n{DEFAULT}")
    done = subprocess.run(
        [sys.executable, "-m", "imds_sim", "serve", "--config", str(config)],
        env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 77, done.stderr
    assert f"{tmp_path}/state" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "state" / "state.key").exists()


def few_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))


@pytest.mark.parametrize("crowded", ["imds", "probes", "admin"])
def test_at_the_limit_of_descriptors_the_next_client_is_served_all_the_same(
    tmp_path: Path, crowded: str
) -> None:
    config, ready, token = (tmp_path / name for name in ("sim.yaml", "ready.json", "token"))
    token.write_text("let-me-in-please\n")
    token.chmod(0o600)
    config.write_text(
        DEFAULT.replace("lambda: []", 'lambda: [], admin: ["127.0.0.1:0"]')
        + f'admin_token_file: {token}\nprobes: ["127.0.0.1:0"]\n'
    )
    serve = ["serve", "--config", str(config), "--ready-file", str(ready)]
    process = subprocess.Popen(
        [sys.executable, "-m", "imds_sim", *serve],
        env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path)}, preexec_fn=few_descriptors,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with contextlib.ExitStack() as closing:
        closing.callback(process.communicate)
        closing.callback(process.kill)
        assert process.stdout is not None
        assert process.stdout.readline() == "imds-sim is ready\n"
        opened = json.loads(ready.read_text())
        ports = {
            each: int(opened[each][0].rpartition(":")[2]) for each in ("imds", "probes", "admin")
        }
        for _ in range(200):
            closing.enter_context(socket.create_connection(("127.0.0.1", ports[crowded])))
        assert asked(ports["imds"]) == 401
        assert asked(ports["probes"], "/readyz") == 200
        assert asked(ports["admin"], "/v1/status") == 401
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_that_descriptors_have_run_out_is_told_in_one_line(tmp_path: Path) -> None:
    with daemon(tmp_path, DEFAULT) as running:
        port = port_of(running)
        pid = running.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, before[1]))  # what is open stays so
        until(lambda: "descriptors.exhausted" in running.log())
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        assert asked(port) == 401
        assert running.stop() == 0
        assert running.log().count("descriptors.exhausted") == 1


@pytest.mark.parametrize(
    ("output", "told"),
    [
        pytest.param("exec {0} >/dev/full", True, id="on a full disk"),
        pytest.param("{0} | true", True, id="that nobody reads"),
        pytest.param("exec {0} >&-", False, id="that is closed"),
    ],
)
def test_a_standard_output_that_takes_nothing_does_not_end_it(
    tmp_path: Path, output: str, told: bool
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(DEFAULT)
    serve = f"{sys.executable} -m imds_sim serve --config {file}"
    with service_manager(tmp_path) as manager:
        process = subprocess.Popen(
            ["sh", "-c", output.format(serve)],
            env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path), **manager.environment},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        manager.until("READY")
        status = AdminClient(f"{tmp_path}/admin.sock").call("GET", "/v1/status")
        assert isinstance(status["pid"], int)
        os.kill(status["pid"], signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert "daemon.stopped" in errors
    assert ("banner.not_written" in errors) is told
    assert "Traceback" not in errors
    assert "Exception" not in errors


def test_an_interrupt_right_after_the_first_answer_is_not_lost(tmp_path: Path) -> None:
    """Also not of a daemon that a script started in the background, deaf to it."""
    config = tmp_path / "sim.yaml"
    config.write_text(DEFAULT)
    command = [sys.executable, "-m", "imds_sim", "serve", "--config", str(config)]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = subprocess.Popen(
            handed_over(command, [("imds", listener)]),
            env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path)}, pass_fds=[listener.fileno()],
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert asked(listener.getsockname()[1]) == 401
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, "Traceback" in errors) == (0, False)
