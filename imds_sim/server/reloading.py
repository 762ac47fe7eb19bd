"""The reload: read the file again and go over to it whole, or stay as it was."""

import asyncio
import logging
from dataclasses import replace

from imds_sim.admin.backend import ReloadError, ReloadOutcome
from imds_sim.admin.changes import changes
from imds_sim.config.errors import ConfigError
from imds_sim.kernel.errors import SimError
from imds_sim.server import logs
from imds_sim.server.backend import Backend
from imds_sim.server.banner import summary
from imds_sim.server.binding import CannotBind
from imds_sim.server.last_good import keep
from imds_sim.server.leavable import LeavableCalls
from imds_sim.server.origin import Loaded, Origin
from imds_sim.server.systemd import Notifier

log = logging.getLogger(__name__)


class DaemonEnds(SimError):
    """No reload takes effect any more: the daemon has been told to end."""


class Reloading:
    """One reload at a time, until `end`. `loaded` is what answers now."""

    def __init__(
        self, origin: Origin, loaded: Loaded, backend: Backend, notifier: Notifier
    ) -> None:
        self.loaded = loaded
        self._origin = origin
        self._backend = backend
        self._notifier = notifier
        self._calls = LeavableCalls()
        self._one_at_a_time = asyncio.Lock()
        self._ends = False

    async def reload(self) -> ReloadOutcome:
        """Read the file again and go over to it, or say why not."""
        async with self._one_at_a_time:
            if self._ends:
                return self._failure(DaemonEnds("the daemon is about to end"))
            self._notifier.reloading()
            status = "the reload broke off"
            try:
                outcome = await self._reload()
                status = self._status(outcome)
            finally:
                # A reload that failed ends in READY too, or the unit would hang in "reloading".
                if not self._ends:
                    self._notifier.ready(status)
            process = replace(
                self._backend.process, warnings=self.loaded.warnings, last_reload=outcome
            )
            if outcome.code is None:
                process = replace(process, last_good_at=outcome.at)
            self._backend.process = process
            return outcome

    def end(self) -> None:
        """Refuse every reload from now on, and the one that is still reading its file."""
        self._ends = True
        self._calls.leave(DaemonEnds("the daemon was told to end while it read the file"))

    async def settled(self) -> None:
        """Wait for the reload that has read its file, if there is one."""
        async with self._one_at_a_time:
            pass

    @property
    def is_left_behind(self) -> bool:
        """Whether a thread still reads the file, though nobody waits for it."""
        return self._calls.are_running

    def _status(self, outcome: ReloadOutcome) -> str:
        served = summary(self._backend.core, self._backend.endpoints())
        if outcome.code is None:
            return served
        return f"reload refused: {outcome.errors[0].text.partition(chr(10))[0]}; still {served}"

    async def _reload(self) -> ReloadOutcome:
        core = self._backend.core
        before = core.configured
        try:
            loaded = await self._calls.run(self._origin.again)
            files = self._backend.recording.prepared(loaded.configuration)
            try:
                self._origin.commit(loaded.world)
                await self._backend.runtime.adopt(loaded.world)
            except SimError as error:
                self._backend.recording.discard(files)
                if isinstance(error, CannotBind):
                    self._origin.commit(before)
                raise
            await self._backend.recording.turn_to(files)
        except SimError as error:
            log.error("config.reload_failed", extra={"reason": str(error)})
            return self._failure(error)
        self.loaded = loaded
        keep(loaded.configuration)
        logs.configure(loaded.configuration.log.level, loaded.configuration.log.format)
        outcome = ReloadOutcome(
            at=core.clock.wall(),
            generation=core.generation,
            changes=changes(before, loaded.world),
            warnings=loaded.warnings,
        )
        log.info("config.reloaded", extra={"generation": outcome.generation})
        return outcome

    def _failure(self, error: SimError) -> ReloadOutcome:
        if isinstance(error, ConfigError):
            errors = tuple(
                ReloadError(p.source, p.line, p.column, p.key, p.message, str(p))
                for p in error.errors
            )
        else:
            source = str(self._origin.path)
            errors = (ReloadError(source, None, None, "", str(error), str(error)),)
        return ReloadOutcome(
            at=self._backend.core.clock.wall(),
            generation=self._backend.core.generation,
            code=type(error).__name__,
            errors=errors,
        )
