import os
import stat
from pathlib import Path

import pytest

from imds_sim.server.ownership import flaw_of, judged

OURS, FOREIGN = 65532, 12345
PLACE = Path("/state")


def status(owner: int, mode: int) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, owner, 65532, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("owner", "uid", "taken"),
    [
        pytest.param(OURS, OURS, True, id="our own"),
        pytest.param(0, OURS, True, id="of root, as a Secret of Kubernetes"),
        pytest.param(FOREIGN, OURS, False, id="of another user"),
        pytest.param(FOREIGN, 0, False, id="of another user, for root"),
        pytest.param(65534, OURS, False, id="of nobody"),
    ],
)
@pytest.mark.parametrize("kind", [stat.S_IFREG | 0o600, stat.S_IFDIR | 0o700])
def test_what_another_user_owns_is_refused_with_the_cure(
    owner: int, uid: int, kind: int, taken: bool
) -> None:
    flaw = judged(PLACE, status(owner, kind), uid)
    assert (flaw is None) is taken
    if flaw is not None:
        assert flaw.startswith(f"/state: belongs to uid {owner}, not to root")
        assert flaw.endswith(f"chown {uid} /state")


@pytest.mark.parametrize(
    ("mode", "taken"),
    [
        pytest.param(0o700, True, id="for us alone"),
        pytest.param(0o2770, True, id="a volume with fsGroup"),
        pytest.param(0o775, True, id="everybody reads"),
        pytest.param(0o1777, True, id="everybody puts, nobody replaces, as in /tmp"),
        pytest.param(0o777, False, id="everybody replaces"),
        pytest.param(0o2777, False, id="an emptyDir with fsGroup"),
    ],
)
def test_a_folder_in_which_every_user_can_replace_files_is_refused(mode: int, taken: bool) -> None:
    flaw = judged(PLACE, status(0, stat.S_IFDIR | mode), OURS)
    assert (flaw is None) is taken
    if flaw is not None:
        assert "chmod o-w /state" in flaw


def test_our_own_folder_is_taken(tmp_path: Path) -> None:
    assert flaw_of(tmp_path) is None
    tmp_path.chmod(0o777)
    assert "mode 0777" in str(flaw_of(tmp_path))
