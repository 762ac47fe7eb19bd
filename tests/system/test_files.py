"""Journal and audit in files, as an operator and logrotate treat them."""

import json
import os
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from imds_sim import Simulator, load_config
from tests.daemons import BARE, Daemon, daemon
from tests.waiting import until

FREE = 'listen: {imds: ["127.0.0.1:0"], sts: ["127.0.0.1:0"], ecs: [], lambda: []}\n'
WORLD = FREE + (
    "roles: {web: {}}\ninstances: {web-1: {role: web, metadata_options: {http_tokens: optional}}}\n"
)
FILES = WORLD + "journal: {file: journal.jsonl}\naudit: {file: audit.jsonl}\n"


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def ask(running: Daemon, path: str) -> None:
    """Ask the metadata service as IMDSv1."""
    [url] = running.ready["imds"]
    with urllib.request.urlopen(url + path, timeout=30) as response:
        response.read()


def files_of(running: Daemon, records: int) -> Any:
    """What the status says of the files, once one has dealt with so many records."""

    def look() -> Any:
        files = json.loads(running.imds_sim("status", "--json").stdout)["files"]
        return files if files[0]["written"] + files[0]["lost"] == records else None

    return until(look)


def test_nothing_that_was_answered_is_missing_after_sigterm(tmp_path: Path) -> None:
    with daemon(tmp_path, FILES) as running:
        asked = [f"/latest/?{number}" for number in range(300)]
        for path in asked:
            ask(running, path)
        assert running.stop() == 0
    closed = [json.loads(line) for line in running.log().splitlines() if "sink.closed" in line]
    assert [(told["written"], told["lost"]) for told in closed] == [(300, 0), (2, 0)]
    assert [entry["path"] for entry in lines(tmp_path / "journal.jsonl")] == asked
    assert [record["eventName"] for record in lines(tmp_path / "audit.jsonl")] == ["AssumeRole"] * 2
    for name in ("journal.jsonl", "audit.jsonl"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_the_end_waits_for_what_is_still_to_be_written(tmp_path: Path) -> None:
    """More than a pipe holds is on its way to a reader who reads only once the end has begun."""
    os.mkfifo(tmp_path / "journal.jsonl")
    reader = os.open(tmp_path / "journal.jsonl", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    asked = [f"/latest/?{number:a>2000}" for number in range(60)]
    with daemon(tmp_path, WORLD + "journal: {file: journal.jsonl}\n") as running:
        for path in asked:
            ask(running, path)
        running.process.send_signal(signal.SIGTERM)
        with open(reader) as pipe:
            found = [json.loads(line)["path"] for line in pipe]
        assert running.process.wait(timeout=30) == 0
    assert found == asked


@pytest.mark.parametrize("told", [True, False], ids=["with a reload", "without a word"])
def test_a_rotation_loses_no_line_and_doubles_none(tmp_path: Path, told: bool) -> None:
    file, rotated = tmp_path / "journal.jsonl", tmp_path / "journal.jsonl.1"
    with daemon(tmp_path, FILES) as running:
        ask(running, "/latest/?before")
        file.rename(rotated)
        if told:
            running.imds_sim("reload")
        ask(running, "/latest/?after")
        running.stop()
    found = lines(rotated) + lines(file)
    assert [entry["path"] for entry in found] == ["/latest/?before", "/latest/?after"]


def test_a_reload_turns_to_other_files_and_leaves_the_old_ones_whole(tmp_path: Path) -> None:
    with daemon(tmp_path, FILES) as running:
        ask(running, "/latest/?one")
        (tmp_path / "config.yaml").write_text(WORLD + "journal: {file: other.jsonl}\n")
        running.imds_sim("reload")
        ask(running, "/latest/?two")
        files = files_of(running, 1)
        running.stop()
    assert files == [{"path": f"{tmp_path}/other.jsonl", "written": 1, "lost": 0}]
    assert [entry["path"] for entry in lines(tmp_path / "journal.jsonl")] == ["/latest/?one"]
    assert [entry["path"] for entry in lines(tmp_path / "other.jsonl")] == ["/latest/?two"]


def test_a_reload_to_a_file_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    with daemon(tmp_path, FILES) as running:
        (tmp_path / "config.yaml").write_text(FILES.replace("audit.jsonl", "missing/audit.jsonl"))
        refused = running.imds_sim("reload", check=False)
        ask(running, "/latest/?still")
        running.stop()
    assert refused.returncode != 0
    assert "make the directory" in refused.stdout + refused.stderr
    assert [entry["path"] for entry in lines(tmp_path / "journal.jsonl")] == ["/latest/?still"]


def test_a_start_with_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(FILES.replace("audit.jsonl", "missing/audit.jsonl"))
    done = subprocess.run(
        [sys.executable, "-m", "imds_sim", "serve", "--config", "config.yaml"],
        env={**BARE, "RUNTIME_DIRECTORY": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 77
    assert "make the directory" in done.stderr


def test_a_full_disk_stops_nobody_and_is_counted(tmp_path: Path) -> None:
    with daemon(tmp_path, WORLD + "journal: {file: /dev/full}\n") as running:
        for number in range(3):
            ask(running, f"/latest/?{number}")
        files = files_of(running, 3)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=30) == 0
    assert files == [{"path": "/dev/full", "written": 0, "lost": 3}]
    assert running.log().count("sink.write_failed") == 1


@pytest.mark.parametrize("kept", [False, True])
def test_a_simulator_writes_files_only_as_configured(tmp_path: Path, kept: bool) -> None:
    (tmp_path / "sim.yaml").write_text(FILES)
    configuration = load_config(tmp_path / "sim.yaml")
    with Simulator.start(configuration, as_configured=kept) as sim:
        assert [record["eventName"] for record in sim.audit] == ["AssumeRole"] * 2
    assert os.path.exists(tmp_path / "audit.jsonl") is kept
    if kept:
        assert len(lines(tmp_path / "audit.jsonl")) == 2
