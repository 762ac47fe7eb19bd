"""A daemon that is restarted over a broken file goes on as it was, and says so."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemons import BARE, daemon
from tests.system.test_daemon import DEFAULT, serve_in

BROKEN = "roles: {web: {}\n"


def test_a_restart_over_a_broken_file_serves_the_last_good_one(tmp_path: Path) -> None:
    config = f"state_dir: {tmp_path}/state\n{DEFAULT}"
    with daemon(tmp_path, config, arguments=["--last-good"]) as first:
        instance = first.imds_sim("get", "/latest/meta-data/instance-id").stdout
        assert first.stop() == 0
    with daemon(
        tmp_path,
        f"state_dir: {tmp_path}/state\n{BROKEN}",
        arguments=["--last-good"],
    ) as again:
        assert again.imds_sim("get", "/latest/meta-data/instance-id").stdout == instance
        assert "last good configuration answers" in again.imds_sim("status").stdout
        [told] = [line for line in again.log().splitlines() if "config.last_good" in line]
        event = json.loads(told)
        assert event["level"] == "error"
        assert event["reason"].startswith(f"{again.folder}/config.yaml:")
        assert "Traceback" not in again.log()
        (again.folder / "config.yaml").write_text(config)
        again.imds_sim("reload")
        assert "last good" not in again.imds_sim("status").stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="giving files away is for root")
def test_one_that_another_user_put_there_answers_nobody(tmp_path: Path) -> None:
    kept = tmp_path / "state/last-good.yaml"
    kept.parent.mkdir(0o1777)
    kept.write_text(DEFAULT)
    os.chown(kept, 12345, 0)
    (tmp_path / "sim.yaml").write_text(f"state_dir: {tmp_path}/state\n{BROKEN}")
    done = serve_in(tmp_path, "--last-good", "--config", "sim.yaml")
    assert (done.returncode, done.stdout) == (78, "")


def test_a_configuration_that_never_answered_is_not_kept(tmp_path: Path) -> None:
    """Nor are the roles that it does not have: they would count as deleted, and made anew."""
    two = DEFAULT.replace("roles: {web: {}}", "roles: {web: {}, db: {}}")
    good = f"state_dir: {tmp_path}/state\n{two}"
    with daemon(tmp_path, good, arguments=["--last-good"]) as first:
        assert first.stop() == 0
    generations = (tmp_path / "state" / "generations.json").read_bytes()
    file = tmp_path / "sim.yaml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f'sts: ["127.0.0.1:{taken.getsockname()[1]}"]'
        file.write_text(
            f"state_dir: {tmp_path}/state\n{DEFAULT}".replace('sts: ["127.0.0.1:0"]', place)
        )
        done = serve_in(tmp_path, "--last-good", "--config", str(file))
        assert (done.returncode, "address already in use" in done.stderr) == (69, True)
    assert (tmp_path / "state" / "last-good.yaml").read_text() == good
    assert (tmp_path / "state" / "generations.json").read_bytes() == generations
    broken = f"state_dir: {tmp_path}/state\n{BROKEN}"
    with daemon(tmp_path, broken, arguments=["--last-good"]) as again:
        assert "last good configuration answers" in again.imds_sim("status").stdout
        assert again.stop() == 0


def test_where_none_was_kept_the_broken_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "sim.yaml"
    file.write_text(BROKEN)
    done = serve_in(tmp_path, "--last-good", "--config", str(file))
    assert done.returncode == 78
    assert done.stderr.startswith(f"{file}:")


def test_without_the_flag_nothing_stands_in_for_a_broken_file(tmp_path: Path) -> None:
    with daemon(tmp_path, f"state_dir: {tmp_path}/state\n{DEFAULT}") as first:
        assert first.stop() == 0
    file = tmp_path / "sim.yaml"
    file.write_text(f"state_dir: {tmp_path}/state\n{BROKEN}")
    assert serve_in(tmp_path, "--config", str(file)).returncode == 78


def test_a_full_disk_keeps_nothing_and_stops_nothing(tmp_path: Path) -> None:
    """The limit on the size of files stands for the full disk; the state key fits, the file not."""
    config = tmp_path / "config.yaml"
    config.write_text(f"state_dir: {tmp_path}/state\n{DEFAULT}#{' ' * 3000}\n")
    process = subprocess.Popen(
        ["sh", "-c", 'ulimit -f 4; exec "$@"', "sh", sys.executable, "-m", "imds_sim", "serve",
         "--config", str(config)],
        env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "imds-sim is ready\n"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, errors
    assert "config.last_good_not_kept" in errors
    assert not os.path.exists(tmp_path / "state" / "last-good.yaml")
