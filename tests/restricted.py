"""A process as `RestrictAddressFamilies=AF_UNIX` of a unit leaves it: no sockets of the network."""

import platform
import sys
from collections.abc import Sequence

import pytest

SOCKET = {"x86_64": 41, "aarch64": 198}  # the number of socket(2)

# Classic BPF over struct seccomp_data: the call, then its first argument. Source: seccomp(2).
_RESTRICT = """
import ctypes, os, struct, sys
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, EAFNOSUPPORT, AF_UNIX = 0x7FFF0000, 0x00050000 | 97, 1
rules = [(LOAD, 0, 0, 0), (EQUAL, 0, 3, int(sys.argv[1])), (LOAD, 0, 0, 16),
         (EQUAL, 1, 0, AF_UNIX), (RETURN, 0, 0, EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
program = struct.pack("HxxxxxxP", len(rules), ctypes.addressof(code))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
    sys.exit(os.strerror(ctypes.get_errno()))
os.execv(sys.argv[2], sys.argv[2:])
"""

restrictable = pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() not in SOCKET,
    reason="the seccomp filter is written for Linux on x86_64 and aarch64",
)


def restricted(command: Sequence[str]) -> list[str]:
    """`command`, started where socket(2) gives EAFNOSUPPORT for all but AF_UNIX."""
    return [sys.executable, "-c", _RESTRICT, str(SOCKET[platform.machine()]), *command]
