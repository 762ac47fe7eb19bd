"""What a machine can do to a daemon: each is told in a line, or goes unnoticed by its clients."""

import http.client
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

from imds_sim.kernel.address import TcpAddress
from imds_sim.server.binding import bind_tcp
from tests.daemons import BARE, Daemon, daemon
from tests.system.test_daemon import DEFAULT, serve_in


def port_of(running: Daemon) -> int:
    [imds] = running.ready["imds"]
    return int(imds.rpartition(":")[2])


def asked(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/latest/meta-data/")
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_directory_in_the_place_of_the_file_is_told_in_one_line(tmp_path: Path) -> None:
    done = serve_in(tmp_path, "--config", str(tmp_path))
    assert (done.returncode, done.stderr) == (66, f"{tmp_path}: Is a directory\n")


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


def test_sigterm_in_the_middle_of_a_reload_ends_it_well(tmp_path: Path) -> None:
    with daemon(tmp_path, DEFAULT) as running:
        many = "".join(f"  web-{n}: {{role: web, clients: [10.0.{n >> 8}.{n & 255}]}}\n"
                       for n in range(2, 3000))  # fmt: skip
        (tmp_path / "config.yaml").write_text(
            DEFAULT.replace("instances: {web-1: {role: web}}", "instances:\n  web-1: {role: web}")
            + many
        )
        running.process.send_signal(signal.SIGHUP)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=60) == 0
        assert "Traceback" not in running.log()
        assert not (tmp_path / "admin.sock").exists()


def test_at_the_limit_of_descriptors_the_next_client_is_served_all_the_same(
    tmp_path: Path,
) -> None:
    with bind_tcp(TcpAddress("127.0.0.1", 0), "test") as probe:
        port = probe.getsockname()[1]
    config = DEFAULT.replace('imds: ["127.0.0.1:0"]', f'imds: ["127.0.0.1:{port}"]')
    process = subprocess.Popen(
        [sys.executable, "-m", "imds_sim", "serve", "--config", "/dev/stdin"],
        env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128)),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(config)
    process.stdin.close()
    process.stdin = None
    assert process.stdout.readline() == "imds-sim is ready\n"
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        assert asked(port) == 401
    finally:
        for each in silent:
            each.close()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in errors
