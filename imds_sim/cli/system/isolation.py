"""A network of its own for this process and its children: loopback and the metadata addresses.

Source: namespaces(7), user_namespaces(7), netdevice(7).
"""

import ctypes
import os
import socket
import struct
import sys

from imds_sim.cli.system.errors import NotOnThisMachine

ADDRESSES = ("169.254.169.254", "169.254.170.2", "169.254.170.23")
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFADDR, SIOCSIFNETMASK = 0x8916, 0x891C
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 1


def isolate() -> None:
    """Leave the machine's network for good. Needs a process of one thread.

    Root takes a network namespace alone, if it may: in a user namespace it could not read the files
    of others. Raises NotOnThisMachine.
    """
    if sys.platform != "linux":
        raise NotOnThisMachine("--isolated needs the namespaces of Linux; leave it out here")
    user, group = os.geteuid(), os.getegid()
    if user != 0 or _unshare(CLONE_NEWNET):
        failed = _unshare(CLONE_NEWUSER | CLONE_NEWNET)
        if failed:
            raise NotOnThisMachine(
                f"--isolated: user namespaces cannot be made here: {os.strerror(failed)}; the "
                "kernel or the container forbids them (user.max_user_namespaces, AppArmor, seccomp)"
            )
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    _loopback()


def _unshare(flags: int) -> int:
    """0, or the number of the error."""
    library = ctypes.CDLL(None, use_errno=True)
    return ctypes.get_errno() if library.unshare(flags) else 0


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _loopback() -> None:
    """Up, with the addresses as aliases: `lo:0` and so on."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        up = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack("16sh14x", up)[1] | IFF_UP
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags))
        for number, address in enumerate(ADDRESSES):
            name = f"lo:{number}".encode()
            for request, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, "255.255.255.255")):
                place = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(value))
                fcntl.ioctl(control, request, struct.pack("16s16s8x", name, place))
