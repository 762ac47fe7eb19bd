"""Network namespaces where only loopback exists: no packet of a client under test can leave."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.waiting import PATIENCE

LINK_LOCAL = (
    "169.254.169.254/32",
    "169.254.170.2/32",
    "169.254.170.23/32",
    "fd00:ec2::23/128",
)

TWO_HOPS = """set -e
mount -t tmpfs none /run
mkdir -p /run/netns
ip link set lo up
ip addr add 169.254.169.254/32 dev lo; ip addr add fd00:ec2::254/128 dev lo
for n in rtr cli; do ip netns add $n; ip -n $n link set lo up; done
ip link add s0 type veth peer name r0 netns rtr
ip -n cli link add c0 type veth peer name r1 netns rtr
ip addr add 10.77.1.1/24 dev s0; ip addr add fd77:1::1/64 dev s0 nodad
ip -n rtr addr add 10.77.1.2/24 dev r0; ip -n rtr addr add fd77:1::2/64 dev r0 nodad
ip -n rtr addr add 10.77.2.2/24 dev r1; ip -n rtr addr add fd77:2::2/64 dev r1 nodad
ip -n cli addr add 10.77.2.1/24 dev c0; ip -n cli addr add fd77:2::1/64 dev c0 nodad
ip link set s0 up; ip -n cli link set c0 up; ip -n rtr link set r0 up; ip -n rtr link set r1 up
ip netns exec rtr sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip route add default via 10.77.1.2; ip -6 route add default via fd77:1::2
ip -n cli route add default via 10.77.2.2; ip -n cli -6 route add default via fd77:2::2
ip -n rtr route add 169.254.169.254/32 via 10.77.1.1
ip -n rtr -6 route add fd00:ec2::254/128 via fd77:1::1
true"""


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
    mounts: bool = False  # it has mounts of its own too

    def command(self, *argv: str) -> list[str]:
        """`argv`, to be run inside."""
        flags = ["-U", "--preserve-credentials"] if self.user_namespace else []
        flags += ["-m"] if self.mounts else []
        return ["nsenter", "-t", str(self.holder), *flags, "-n", "--", *argv]


@contextmanager
def namespace(
    addresses: Sequence[str] = (), user_namespace: bool | None = None
) -> Iterator[Namespace]:
    """A namespace with 127.0.0.0/8, ::1 and `addresses` on `lo`.

    With `user_namespace` it is made as an ordinary user has to: `unshare -Urn`. The default takes
    that way where the tests do not run as root.
    """
    steps = ["ip link set lo up", *(f"ip address add {each} dev lo nodad" for each in addresses)]
    with _held(_flags(user_namespace), " && ".join(steps)) as made:
        yield made


@contextmanager
def two_hops() -> Iterator[Namespace]:
    """A server's namespace with both metadata addresses, and a client's behind a router.

    All are made as an ordinary user can, whoever runs the tests; `ip netns exec cli` is the client.
    """
    with _held(["-Urnm"], TWO_HOPS) as made:
        yield made


@contextmanager
def with_mounts(*steps: str) -> Iterator[Namespace]:
    """A namespace with loopback alone and mounts of its own, changed by `steps`; as root."""
    with _held(["-nm"], " && ".join(("ip link set lo up", *steps))) as made:
        yield made


@contextmanager
def _held(flags: list[str], steps: str) -> Iterator[Namespace]:
    holder = subprocess.Popen(
        ["unshare", *flags, "sh", "-c", f"{steps} && echo ready && exec cat"],
        stdin=subprocess.PIPE,  # `cat` ends when the test does, however it ends
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "ready\n", "the namespace could not be made"
        yield Namespace(holder.pid, "U" in flags[0], "m" in flags[0])
    finally:
        holder.stdin.close()
        holder.wait(timeout=PATIENCE)
        holder.stdout.close()
