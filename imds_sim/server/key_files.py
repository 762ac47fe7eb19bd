"""Private keys as files of the state directory: `keys/NAME.pem`, for this user alone."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from imds_sim.kernel.key_store import KeyUnusable
from imds_sim.kernel.secret import Secret
from imds_sim.server.state import OTHERS, write_atomically

FOLDER = "keys"


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """A key store in `state_dir`; its folder is made with the first key."""

    state_dir: Path

    def get(self, name: str) -> Secret | None:
        file = self._file(name)
        try:
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & OTHERS:
                raise KeyUnusable(
                    f"{file}: others may use the key (mode {mode:04o}); take that from them: "
                    f"chmod go-rwx {file} (who has read it can sign in its name: if that may be, "
                    "remove it for a new one)"
                )
            return Secret(file.read_text("ascii"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(file, error) from error
        except UnicodeDecodeError as error:
            raise KeyUnusable(f"{file}: is damaged; restore it, or remove it for a new one") from (
                error
            )

    def put(self, name: str, pem: Secret) -> None:
        file = self._file(name)
        try:
            file.parent.mkdir(mode=0o700, exist_ok=True)
            write_atomically(file, pem.reveal().encode("ascii"))
        except OSError as error:
            raise self._unusable(file, error) from error

    def _file(self, name: str) -> Path:
        return self.state_dir / FOLDER / f"{name}.pem"

    def _unusable(self, file: Path, error: OSError) -> KeyUnusable:
        told = f"{file}: {error.strerror or error}"
        return KeyUnusable(f"{told}: let uid {os.geteuid()} read and write {self.state_dir}")
