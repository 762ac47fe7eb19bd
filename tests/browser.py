"""Headless Chromium, told what to do over a pipe, so that it can be in a namespace of its own.

Source: the Chrome DevTools Protocol; `--remote-debugging-pipe` reads it from descriptor 3 and
writes to 4, each message ended by a NUL.
"""

import json
import shutil
import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.namespaces import Namespace

NAMES = ("chromium", "chromium-browser", "google-chrome")
LIMIT = 300.0  # seconds that a browser lives; a busy machine is slow, not broken
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing() -> str | None:
    """Why there is no browser here, or None."""
    return None if _installed() else "chromium is not installed"


class Browser:
    """One page. `asked` are the addresses that it asked for, `complaints` what its console says."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._into, self._out = process.stdin, process.stdout
        self._session: str | None = None
        self._last = 0
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._loaded = 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._into.write(json.dumps(message).encode() + b"\0")
        self._into.flush()
        while (answer := self._read()).get("id") != self._last:
            self._take(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, file: Path) -> None:
        """Open a page, and wait until it is there."""
        before = self._loaded
        self.call("Page.navigate", url=file.as_uri())
        while self._loaded == before:
            self._take(self._read())

    def run(self, script: str) -> Any:
        """What an expression gives on the page."""
        done = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        """As if the window, or the phone, were so large."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def screenshot(self) -> bytes:
        """What is in the window, as PNG."""
        return b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _read(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self._out.read(1)) != b"\0":
            assert byte, "the browser has ended"
            text += byte
        message: dict[str, Any] = json.loads(text)
        return message

    def _take(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        match event.get("method"):
            case "Page.loadEventFired":
                self._loaded += 1
            case "Network.requestWillBeSent":
                self.asked.append(told["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(told["entry"]["text"])
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told))
            case _:  # an event that is of no interest
                pass


@contextmanager
def browser(alone: Namespace, profile: Path) -> Iterator[Browser]:
    """A browser in a namespace, with an empty profile."""
    program = _installed()
    assert program is not None
    arguments = [*QUIET, "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    shell = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1'
    process = subprocess.Popen(
        alone.command("sh", "-c", shell, "sh", program, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    limit = threading.Timer(LIMIT, process.kill)
    limit.start()
    try:
        made = Browser(process)
        yield made
        made.call("Browser.close")
    finally:
        limit.cancel()
        process.kill()
        process.communicate()


def _installed() -> str | None:
    return next((found for each in NAMES if (found := shutil.which(each))), None)
