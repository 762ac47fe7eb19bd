import stat
import subprocess
import sys
from pathlib import Path

import pytest

from imds_sim.server.private_folder import private_folder


def test_it_is_for_this_user_alone_and_goes_with_what_is_in_it() -> None:
    with private_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "pods").mkdir()
        (folder / "pods" / "token").write_text("x")
    assert not folder.exists()


def test_it_goes_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), private_folder() as folder:
        raise ZeroDivisionError
    assert not folder.exists()


def test_it_goes_when_a_process_ends_that_never_left_it() -> None:
    code = (
        "from imds_sim.server.private_folder import private_folder\n"
        "kept = private_folder()\n"
        "folder = kept.__enter__()\n"
        "print(folder, folder.exists())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    folder, was_there = done.stdout.split()
    assert (was_there, Path(folder).exists()) == ("True", False)
