"""The state directory: the state key, private keys, the generations of roles.

Nothing about sessions.
"""

import errno
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imds_sim.iam.generations import Generations
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.keys import KeyUnusable
from imds_sim.server.ownership import flaw_of
from imds_sim.server.state_lock import LOCK_FILE, StateLock

KEY_FILE = "state.key"
KEY_BYTES = 32
GENERATIONS_FILE = "generations.json"
ISSUER_KEYS = "issuer-keys"  # a folder: a file for each key, named by the digest of its name
OTHERS = stat.S_IRWXG | stat.S_IRWXO  # as ssh wants it of a private key


class StateUnusable(SimError):
    """The state directory cannot be read or written; the message names the file and the cure."""

    exit_status = 77


class KeyNotKept(StateUnusable, KeyUnusable):
    """A private key of the state directory cannot be read or written."""


def write_atomically(
    path: Path, content: bytes, mode: int = 0o600, *, lasting: bool = True
) -> None:
    """Replace `path` by a file with `content`: whole or not at all, if `lasting` after a crash too.

    Raises OSError; the file that was there is then untouched.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            if lasting:
                os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if not lasting:
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@dataclass(frozen=True, slots=True)
class StateDirectory:
    """Keeps what must outlive the process. Made with mode 0700 if it is not there."""

    path: Path

    def lock(self) -> StateLock:
        """Keep every other process out, until the lock is released. To be done before all else.

        Raises StateInUse, StateUnusable.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_foreign(self.path)
            return StateLock(self.path)
        except OSError as error:
            raise self._unusable(self.path / LOCK_FILE, error) from error

    def state_key(self, entropy: Entropy) -> bytes:
        """The key that is kept, 32 bytes; drawn and kept the first time. Raises StateUnusable."""
        file = self.path / KEY_FILE
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_foreign(file)
            mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0
            if mode & OTHERS:
                raise StateUnusable(
                    f"{file}: others may use the key (mode {mode:04o}); take that from them: "
                    f"chmod go-rwx {file} (who has read it can forge credentials: if that may "
                    "be, remove it for a new key)"
                )
            kept = file.read_bytes() if file.exists() else b""
        except OSError as error:
            raise self._unusable(file, error) from error
        if len(kept) == KEY_BYTES:
            return kept
        if kept:
            raise StateUnusable(
                f"{file}: holds {len(kept)} bytes, not a key of {KEY_BYTES}; restore it, or remove "
                "it for a new key (credentials and tokens issued before then end)"
            )
        key = entropy.bytes(KEY_BYTES, "state key")
        self._write(file, key)
        return key

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """A private key, of an issuer or of identity documents; made and kept the first time.

        Raises KeyNotKept.
        """
        folder = self.path / ISSUER_KEYS
        file = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_foreign(folder, file)
            if file.exists():
                self._refuse_open(file)
                return file.read_text()
        except StateUnusable as error:
            raise KeyNotKept(str(error)) from error
        except OSError as error:
            raise KeyNotKept(str(self._unusable(file, error))) from error
        except UnicodeDecodeError as error:
            raise KeyNotKept(f"{file}: is damaged; restore it, or remove it") from error
        key = make()
        try:
            write_atomically(file, key.encode())
        except OSError as error:
            raise KeyNotKept(str(self._unusable(file, error))) from error
        return key

    def generations(self) -> Generations:
        """The generations that are kept; none the first time. Raises StateUnusable."""
        file = self.path / GENERATIONS_FILE
        try:
            _refuse_foreign(file)
            kept = json.loads(file.read_bytes()) if file.exists() else {}
            numbers = {str(arn): int(number) for arn, number in kept.get("numbers", {}).items()}
            return Generations(numbers, frozenset(map(str, kept.get("present", ()))))
        except OSError as error:
            raise self._unusable(file, error) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise StateUnusable(f"{file}: is damaged ({error}); restore or remove it") from error

    def keep_generations(self, generations: Generations) -> None:
        """Replace the generations that are kept, if they differ. Raises StateUnusable."""
        if generations == self.generations():
            return
        kept = {"numbers": dict(generations.numbers), "present": sorted(generations.present)}
        self._write(self.path / GENERATIONS_FILE, json.dumps(kept, indent=1).encode() + b"\n")

    def _refuse_open(self, file: Path) -> None:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & OTHERS:
            raise KeyNotKept(
                f"{file}: others may use the key (mode {mode:04o}); take that from them: "
                f"chmod go-rwx {file} (who has read it can sign in its name: if that may be, "
                "remove it for a new one)"
            )

    def _write(self, file: Path, content: bytes) -> None:
        try:
            write_atomically(file, content)
        except OSError as error:
            raise self._unusable(file, error) from error

    def _unusable(self, file: Path, error: OSError) -> StateUnusable:
        cure = {
            errno.ENOSPC: "make room on its file system",
            errno.EROFS: "its file system is read-only; set state_dir to a writable place",
            errno.ENOLCK: "its file system has no locks; set state_dir to a local place",
        }.get(error.errno or 0, f"let uid {os.geteuid()} read and write {self.path}")
        return StateUnusable(f"{file}: {error.strerror or error}: {cure}")


def _refuse_foreign(*paths: Path) -> None:
    """Raise StateUnusable if one of these is there and others could have made or replaced it."""
    for path in paths:
        if path.exists() and (flaw := flaw_of(path)) is not None:
            raise StateUnusable(flaw)
