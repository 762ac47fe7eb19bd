"""The files that journal and audit go to, as the configuration names them."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from imds_sim.admin.documents import entry_document
from imds_sim.config.schema.configuration import Configuration
from imds_sim.journal.entry import Entry
from imds_sim.server.sinks import FileSink, SinkStatus
from imds_sim.simulator.core import Core

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Files:
    """The sinks of one configuration; None where it names no file."""

    journal: FileSink[Entry] | None = None
    audit: FileSink[str] | None = None

    @property
    def open(self) -> tuple[FileSink[Any], ...]:
        """The sinks that there are."""
        return tuple(sink for sink in (self.journal, self.audit) if sink is not None)


class Recording:
    """Ties the sinks to the core that feeds them. All but `close` belongs to the loop's thread."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._files = Files()

    def prepared(self, configuration: Configuration) -> Files:
        """The files of a configuration; those in use are taken over. Raises SinkNotWritable."""
        journal = _sink(self._files.journal, configuration.journal.file, _line)
        try:
            audit = _sink(self._files.audit, configuration.audit.file, str)
        except BaseException:
            self.discard(Files(journal))
            raise
        return Files(journal, audit)

    def discard(self, files: Files) -> None:
        """Close what was prepared in vain."""
        for sink in files.open:
            if sink not in self._files.open:
                sink.close()

    async def turn_to(self, files: Files) -> None:
        """Let records go there from now on; what waits for other files is written there."""
        before, self._files = self._files, files
        self._core.journal.sink = None if files.journal is None else files.journal.offer
        self._core.audit.sink = None if files.audit is None else files.audit.offer
        for sink in before.open:
            if sink not in files.open:
                await asyncio.to_thread(sink.close)

    def close(self) -> None:
        """Write what waits; nothing may be recorded any more."""
        for sink in self._files.open:
            sink.close()

    def status(self) -> tuple[SinkStatus, ...]:
        """What became of the records of each file."""
        return tuple(sink.status() for sink in self._files.open)


def _sink(
    held: FileSink[T] | None, path: Path | None, render: Callable[[T], str]
) -> FileSink[T] | None:
    if path is None:
        return None
    return held if held is not None and held.path == path else FileSink(path, render)


def _line(entry: Entry) -> str:
    return json.dumps(entry_document(entry), separators=(",", ":"))
