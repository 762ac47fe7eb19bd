"""Where worlds come from: the configuration, with the key and the generations kept for it."""

import hashlib
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imds_sim.config.build import build_world
from imds_sim.config.errors import ConfigNotReadable, Problem
from imds_sim.config.load import load_config
from imds_sim.config.schema.configuration import Configuration
from imds_sim.iam.generations import Generations
from imds_sim.kernel.entropy import Entropy, SeededEntropy, SystemEntropy
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.keys import KeyKeeper
from imds_sim.server.state import KEY_BYTES, StateDirectory, StateUnusable
from imds_sim.simulator.core import derived_key
from imds_sim.simulator.world import World


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration and the world built from it; `warnings` are for the operator."""

    configuration: Configuration
    world: World
    warnings: tuple[str, ...]


class Origin:
    """Builds a world from the configuration, and again from its file at each reload.

    The state key, the seed and the state directory are those of the start: they are what sessions
    and ids stand on, and only a restart changes them.
    """

    def __init__(
        self,
        configuration: Configuration,
        started_at: datetime,
        path: Path | None = None,
        keep_state: bool = True,
    ) -> None:
        """Raises StateInUse, StateUnusable. The state directory is held until `close`."""
        self.path = path
        self._first = configuration
        self.started_at = started_at
        directory = configuration.state_dir if keep_state else None
        self._state = StateDirectory(directory) if directory is not None else None
        self._lock = self._state.lock() if self._state else None
        seed = configuration.seed
        self.entropy: Entropy = SystemEntropy() if seed is None else SeededEntropy(seed)
        try:
            self.state_key = self._state_key()
            self._generations = self._state.generations() if self._state else Generations()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let another process have the state directory; the end of the process does so too."""
        if self._lock is not None:
            self._lock.release()

    @property
    def issuer_keys(self) -> KeyKeeper | None:
        """What keeps private keys beyond this process, if anything does."""
        return self._state

    def first(self) -> Loaded:
        """The world of the start."""
        return self._build(self._first, ())

    def again(self) -> Loaded:
        """The world of the file as it is now; without a file that of the start.

        Raises ConfigInvalid, ConfigNotReadable.
        """
        if self.path is None:
            return self.first()
        _refuse_stream(self.path)
        configuration = load_config(self.path)
        needs_restart = [
            f"{self.path}: {key}: the change takes effect after a restart"
            for key in ("seed", "state_dir", "state_key_file", "admin_token_file", "probes")
            if getattr(configuration, key) != getattr(self._first, key)
        ]
        if configuration.listen.admin != self._first.listen.admin:
            needs_restart.append(
                f"{self.path}: listen.admin: the change takes effect after a restart"
            )
        return self._build(configuration, tuple(needs_restart))

    def commit(self, world: World) -> None:
        """`world` is the one that answers: keep its generations. Raises StateUnusable."""
        if self._state is not None:
            self._state.keep_generations(world.generations)
        self._generations = world.generations

    def _build(self, configuration: Configuration, warnings: tuple[str, ...]) -> Loaded:
        ids = Identifiers(derived_key(self.state_key, "identifiers"))
        world = build_world(configuration, ids, self._generations, self.started_at)
        return Loaded(configuration, world, (*world.warnings, *warnings))

    def _state_key(self) -> bytes:
        configuration = self._first
        outside = configuration.state_key_file
        if outside is not None:
            if outside.is_open_to_others:
                raise StateUnusable(
                    f"{outside.path}: every user can read the state key (mode {outside.mode:04o}); "
                    f"take that from them: chmod o-rwx {outside.path} (in a Kubernetes volume: "
                    "defaultMode: 0440)"
                )
            return outside.key
        if configuration.seed is not None:
            return hashlib.sha256(f"imds-sim state key {configuration.seed}".encode()).digest()
        if self._state is not None:
            return self._state.state_key(self.entropy)
        return self.entropy.bytes(KEY_BYTES, "state key")


def _refuse_stream(path: Path) -> None:
    """A pipe gave its content at the start; to open it again could block for ever."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # whoever reads it says what is wrong
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        reason = "is not a regular file, so it cannot be read again; restart the daemon"
        raise ConfigNotReadable([Problem(str(path), None, None, "", reason)])
