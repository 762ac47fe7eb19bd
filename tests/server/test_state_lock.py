import os
import subprocess
import sys
from pathlib import Path

import pytest

from imds_sim.server.state_lock import StateInUse, StateLock


def test_the_second_is_told_who_holds_it_until_it_is_released(tmp_path: Path) -> None:
    held = StateLock(tmp_path)
    with pytest.raises(StateInUse, match=rf"^{tmp_path}: process {os.getpid()} uses"):
        StateLock(tmp_path)
    held.release()
    held.release()
    StateLock(tmp_path).release()


def test_a_file_that_somebody_left_bars_nobody(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("4711, and more than a number\n" * 3)
    held = StateLock(tmp_path)
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    held.release()


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from imds_sim.server.state_lock import StateLock;"
        "held = StateLock(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StateInUse, match=f"process {holder.pid} uses"):
            StateLock(tmp_path)
        holder.kill()
    StateLock(tmp_path).release()
