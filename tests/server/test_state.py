import os
import stat
from contextlib import nullcontext
from pathlib import Path

import pytest

from imds_sim.iam.generations import Generations
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.keys import KeyUnusable
from imds_sim.server.state import StateDirectory, StateUnusable, write_atomically

ENTROPY = SeededEntropy(1)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_state_key_is_drawn_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    key = state.state_key(ENTROPY)
    assert len(key) == 32
    assert state.state_key(SeededEntropy(2)) == key
    assert mode(tmp_path / "state") == 0o700
    assert mode(tmp_path / "state" / "state.key") == 0o600


@pytest.mark.parametrize("length", [1, 31, 33])
def test_a_state_key_of_another_length_is_refused_and_left_alone(
    tmp_path: Path, length: int
) -> None:
    (tmp_path / "state.key").write_bytes(b"k" * length)
    (tmp_path / "state.key").chmod(0o600)
    with pytest.raises(StateUnusable, match=f"holds {length} bytes"):
        StateDirectory(tmp_path).state_key(ENTROPY)
    assert (tmp_path / "state.key").read_bytes() == b"k" * length


@pytest.mark.parametrize(
    ("permissions", "taken"),
    [
        pytest.param(0o400, True, id="the owner reads"),
        pytest.param(0o600, True, id="the owner reads and writes"),
        pytest.param(0o640, False, id="the group reads"),
        pytest.param(0o620, False, id="the group writes"),
        pytest.param(0o604, False, id="everybody reads"),
    ],
)
def test_a_state_key_that_others_can_use_is_refused_with_the_remedy(
    tmp_path: Path, permissions: int, taken: bool
) -> None:
    state = StateDirectory(tmp_path)
    state.state_key(ENTROPY)
    (tmp_path / "state.key").chmod(permissions)
    remedy = pytest.raises(StateUnusable, match=rf"chmod go-rwx {tmp_path}/state\.key")
    with nullcontext() if taken else remedy:
        state.state_key(ENTROPY)


def test_a_folder_in_which_every_user_can_replace_files_is_not_locked(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(StateUnusable, match=f"chmod o-w {tmp_path}, or set state_dir to"):
        StateDirectory(tmp_path).lock()
    (tmp_path / "inside").mkdir(0o700)
    StateDirectory(tmp_path / "inside").lock().release()


@pytest.mark.skipif(os.geteuid() != 0, reason="giving files away is for root")
def test_what_another_user_put_there_is_refused(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    state.state_key(ENTROPY)
    state.kept("instance identity", lambda: "key")
    state.keep_generations(Generations().advance(["a"]))
    [issuer_key] = (tmp_path / "issuer-keys").iterdir()
    for path, use in (
        (tmp_path, state.lock),
        (tmp_path / "state.key", lambda: state.state_key(ENTROPY)),
        (tmp_path / "issuer-keys", lambda: state.kept("another", lambda: "key")),
        (issuer_key, lambda: state.kept("instance identity", lambda: "key")),
        (tmp_path / "generations.json", state.generations),
    ):
        os.chown(path, 12345, 0)
        with pytest.raises(StateUnusable, match=f"^{path}: belongs to uid 12345, not to root"):
            use()
        os.chown(path, 0, 0)
        use()


def test_a_lock_file_that_cannot_be_made_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(StateUnusable, match=r"lock: Is a directory"):
        StateDirectory(tmp_path).lock()


def test_generations_are_kept(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    assert state.generations() == Generations()
    kept = Generations().advance(["a", "b"]).advance(["b"])
    state.keep_generations(kept)
    assert StateDirectory(tmp_path).generations() == kept


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"numbers": 1}', '{"numbers": {"a": "x"}}'])
def test_damaged_generations_are_named_with_a_remedy(tmp_path: Path, damage: str) -> None:
    (tmp_path / "generations.json").write_text(damage)
    with pytest.raises(StateUnusable, match=r"generations\.json: is damaged"):
        StateDirectory(tmp_path).generations()


def test_a_folder_that_cannot_be_made_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateUnusable, match="Not a directory"):
        StateDirectory(tmp_path / "file" / "state").state_key(ENTROPY)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "inside").write_text("kept")
    with pytest.raises(OSError, match="directory"):
        write_atomically(target, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]
    assert (target / "inside").read_text() == "kept"


def test_the_key_of_an_issuer_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path / "state")
    made = iter(["first", "second"])
    assert state.kept("https://a.example.com RS256", lambda: next(made)) == "first"
    assert state.kept("https://a.example.com RS256", lambda: next(made)) == "first"
    assert state.kept("https://b.example.com RS256", lambda: next(made)) == "second"
    folder = tmp_path / "state" / "issuer-keys"
    assert mode(folder) == 0o700
    assert [mode(file) for file in folder.iterdir()] == [0o600, 0o600]


def test_an_issuer_key_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "issuer-keys").write_text("in the way")
    with pytest.raises(StateUnusable, match="issuer-keys"):
        StateDirectory(tmp_path).kept("https://a.example.com RS256", lambda: "key")


@pytest.mark.parametrize(
    ("permissions", "taken"),
    [(0o400, True), (0o600, True), (0o640, False), (0o620, False), (0o604, False)],
)
def test_a_private_key_that_others_can_use_is_refused_with_the_remedy(
    tmp_path: Path, permissions: int, taken: bool
) -> None:
    StateDirectory(tmp_path).kept("instance identity", lambda: "key")
    (file,) = (tmp_path / "issuer-keys").iterdir()
    file.chmod(permissions)
    with nullcontext() if taken else pytest.raises(KeyUnusable, match="chmod go-rwx"):
        assert StateDirectory(tmp_path).kept("instance identity", lambda: "another") == "key"


def test_a_private_key_that_is_no_text_is_damaged(tmp_path: Path) -> None:
    StateDirectory(tmp_path).kept("instance identity", lambda: "key")
    (file,) = (tmp_path / "issuer-keys").iterdir()
    file.write_bytes(b"\xff")
    with pytest.raises(KeyUnusable, match="is damaged"):
        StateDirectory(tmp_path).kept("instance identity", lambda: "key")
