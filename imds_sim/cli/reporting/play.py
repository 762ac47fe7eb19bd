"""A command once per scenario, side by side, each in a private daemon with a time limit."""

import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from imds_sim.cli.foreground import starting
from imds_sim.cli.reporting.answers import answers, cut
from imds_sim.cli.reporting.choice import HEALTHY
from imds_sim.cli.reporting.last_words import LastWords
from imds_sim.config.schema.configuration import Configuration
from imds_sim.journal.behaviour import Behaviour, behaviour_of
from imds_sim.journal.entry import Entry
from imds_sim.server.embedded import Simulator
from imds_sim.simulator.child_environment import child_environment


@dataclass(frozen=True, slots=True)
class Played:
    """One scenario, and how the command took it. `stderr` is the end of what it wrote there.

    `moments` are when each entry was made, counted from the start of the command by a clock that
    no fault moves.
    """

    scenario: str
    behaviour: Behaviour
    elapsed: timedelta
    entries: tuple[Entry, ...]
    moments: tuple[timedelta, ...] = ()
    stderr: str = ""


class Watch:
    """Notes when the entries of one run are made, of the last 10,000; the run begins with it."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._seen: deque[tuple[Entry, timedelta]] = deque(maxlen=10_000)

    def note(self, entry: Entry) -> None:
        """What the journal is to call, in whatever thread."""
        self._seen.append((entry, self.elapsed()))

    def elapsed(self) -> timedelta:
        """Since the command was started."""
        return timedelta(seconds=time.monotonic() - self._begun)

    def played(self, scenario: str, status: int | None, stderr: str) -> Played:
        """The run, which has just ended."""
        elapsed, seen = self.elapsed(), tuple(self._seen)
        entries = tuple(entry for entry, _ in seen)
        moments = tuple(when for _, when in seen)
        broken = cut(answers(entries, moments, elapsed))
        behaviour = behaviour_of(entries, status, elapsed, broken)
        return Played(scenario, behaviour, elapsed, entries, moments, stderr)


@dataclass(slots=True)
class Players:
    """Plays scenarios, until it is told to stop."""

    command: Sequence[str]
    configuration: Configuration
    workload: str | None
    limit: float
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _stopped: bool = False

    def play(self, scenarios: Sequence[str], at_once: int) -> Iterator[Played]:
        """Each as soon as it is done, and after a `stop` no more than those that are.

        Raises CommandNotStarted, FaultInvalid, WorkloadUnknown.
        """
        with ThreadPoolExecutor(at_once) as pool:
            try:
                for done in as_completed([pool.submit(self._one, each) for each in scenarios]):
                    played = done.result()
                    if played is not None:
                        yield played
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Ends every command that runs, and no other starts. May be called by a signal handler."""
        with self._lock:  # which this thread may hold already, if a signal came in here
            self._stopped = True
            for child in self._running:
                _kill(child)

    def _one(self, scenario: str) -> Played | None:
        if self._stopped:
            return None
        with Simulator.start(self.configuration) as simulator:
            environ = child_environment(os.environ, simulator.environment(self.workload))
            if scenario != HEALTHY:
                simulator.faults.add(scenario)
            watch = Watch()
            simulator.core.journal.sink = watch.note
            with LastWords() as words:
                status = self._run(environ, words.writer)
            return None if self._stopped else watch.played(scenario, status, words.text())

    def _run(self, environ: dict[str, str], stderr: int) -> int | None:
        """The exit status, 128 and a signal's number, or None at the time limit."""
        nothing = subprocess.DEVNULL
        with self._lock, starting(self.command[0]):
            if self._stopped:
                return None
            child = subprocess.Popen(
                self.command,
                env=environ,
                stdin=nothing,
                stdout=nothing,
                stderr=stderr,
                start_new_session=True,
            )
            self._running.add(child)
        try:
            status = child.wait(self.limit)
            return 128 - status if status < 0 else status
        except subprocess.TimeoutExpired:
            return None
        finally:
            with self._lock:
                self._running.discard(child)
            _kill(child)
            child.wait()


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Ends the command's process group, which is its own, with what it has left running.

    As long as any of it is left, no other process is given the number of the group.
    """
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
