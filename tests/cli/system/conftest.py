"""A systemctl that writes down what it is told."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Told = Callable[[], list[str]]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """What systemctl and systemd-sysusers were told since the last call, a line for each."""
    folder, log = tmp_path / "bin", tmp_path / "told"
    folder.mkdir()
    for name in ("systemctl", "systemd-sysusers"):
        tool = folder / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\ncat {tmp_path}/answer || true\n')
        tool.chmod(0o755)
    (tmp_path / "answer").touch()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def lines() -> list[str]:
        found = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return found

    return lines
