"""Network namespaces where only loopback exists: no packet of a client under test can leave."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

LINK_LOCAL = (
    "169.254.169.254/32",
    "169.254.170.2/32",
    "169.254.170.23/32",
    "fd00:ec2::23/128",
)


def missing() -> str | None:
    """Why namespaces cannot be made here, or None if they can."""
    for tool in ("unshare", "nsenter", "ip"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    probe = subprocess.run(["unshare", *_flags(None), "true"], capture_output=True, text=True)
    return f"unshare: {probe.stderr.strip()}" if probe.returncode else None


def _flags(user_namespace: bool | None) -> list[str]:
    ordinary = os.geteuid() != 0 if user_namespace is None else user_namespace
    return ["-Urn"] if ordinary else ["-n"]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace held open by a process of its own."""

    holder: int
    user_namespace: bool

    def command(self, *argv: str) -> list[str]:
        """`argv`, to be run inside."""
        flags = ["-U", "--preserve-credentials"] if self.user_namespace else []
        return ["nsenter", "-t", str(self.holder), *flags, "-n", "--", *argv]


@contextmanager
def namespace(
    addresses: Sequence[str] = (), user_namespace: bool | None = None
) -> Iterator[Namespace]:
    """A namespace with 127.0.0.0/8, ::1 and `addresses` on `lo`.

    With `user_namespace` it is made as an ordinary user has to: `unshare -Urn`. The default takes
    that way where the tests do not run as root.
    """
    flags = _flags(user_namespace)
    steps = ["ip link set lo up", *(f"ip address add {each} dev lo nodad" for each in addresses)]
    script = " && ".join([*steps, "echo ready", "exec cat"])
    holder = subprocess.Popen(
        ["unshare", *flags, "sh", "-c", script],
        stdin=subprocess.PIPE,  # `cat` ends when the test does, however it ends
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "ready\n", "the namespace could not be made"
        yield Namespace(holder.pid, flags == ["-Urn"])
    finally:
        holder.stdin.close()
        holder.wait(timeout=10)
        holder.stdout.close()
