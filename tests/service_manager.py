"""The service manager's end of NOTIFY_SOCKET: what the daemon tells it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """Hears one daemon, which is to be started with `environment`."""

    listening: socket.socket

    @property
    def environment(self) -> dict[str, str]:
        """Where the daemon finds it."""
        return {"NOTIFY_SOCKET": self.listening.getsockname()}

    def until(self, word: str) -> list[dict[str, str]]:
        """Every message from now on, up to the first that has `word`."""
        messages: list[dict[str, str]] = []
        while not messages or word not in messages[-1]:
            lines = self.listening.recv(4096).decode().split("\n")
            messages.append(dict(line.split("=", 1) for line in lines))
        return messages


@contextmanager
def service_manager(folder: Path) -> Iterator[ServiceManager]:
    """One that listens in `folder`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(folder / "notify"))
        listening.settimeout(60)
        yield ServiceManager(listening)
