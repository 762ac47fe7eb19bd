"""A signal in the middle of a report: what is done by then is kept."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Inside its `with` block a signal calls `stop` in place of ending us; `exit_status` is then
    what is due. Signals that were ignored stay so."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._before = {each: signal.getsignal(each) for each in ENDING}
        self.exit_status: int | None = None

    def __enter__(self) -> Self:
        for number, handler in self._before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.exit_status = self.exit_status or 128 + number
        self._stop()
