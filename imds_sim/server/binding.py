"""From an address to a listening socket, or one line that says why not and what to do."""

import contextlib
import errno
import os
import socket
import stat
import sys

from imds_sim.kernel.address import (
    Address,
    BoundAddress,
    DescriptorAddress,
    TcpAddress,
    UnixAddress,
)
from imds_sim.kernel.errors import SimError

BACKLOG = 1024
UNIX_MODE = 0o660

UNIX_PATH_BYTES = 107 if sys.platform.startswith("linux") else 103  # sun_path less its final zero

UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h
NOT_PERMITTED = 77  # EX_NOPERM


class CannotBind(SimError):
    """An address that cannot be listened on; the message names who wanted it, why not, the cure."""

    def __init__(self, who: str, address: Address, reason: str, remedy: str, status: int) -> None:
        super().__init__(f"{who} cannot listen on {address}: {reason}; {remedy}")
        self.exit_status = status


def bind(address: Address, who: str, unix_mode: int = UNIX_MODE) -> socket.socket:
    """A listening socket at `address`, for `who` (for the message). Raises CannotBind."""
    match address:
        case UnixAddress():
            return bind_unix(address.path, unix_mode, who)
        case TcpAddress():
            return bind_tcp(address, who)
        case DescriptorAddress():
            reason = "no socket of that name was inherited"
            remedy = f"set FileDescriptorName={address.name} in its socket unit"
            raise CannotBind(who, address, reason, remedy, UNAVAILABLE)


def bind_tcp(address: TcpAddress, who: str) -> socket.socket:
    """Listen on an IP address and port; port 0 takes a free one. Raises CannotBind."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listening = None
    try:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setblocking(False)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((address.host, address.port))
        listening.listen(BACKLOG)
    except OSError as error:
        if listening is not None:
            listening.close()
        remedy, status = _tcp_remedy(address, error, who)
        raise CannotBind(who, address, _words(error), remedy, status) from error
    return listening


def bind_unix(path: str, mode: int = UNIX_MODE, who: str = "admin") -> socket.socket:
    """Listen on a unix socket with permissions `mode`, in a folder that exists.

    A socket that nothing listens on any more is replaced; a live one, or a file of another kind,
    never. Raises CannotBind.
    """
    address = UnixAddress(path)
    if (length := len(os.fsencode(path))) > UNIX_PATH_BYTES:
        reason = f"the path of a unix socket has at most {UNIX_PATH_BYTES} bytes, this one {length}"
        key = "listen.admin" if who == "admin" else "its listen"  # `auto` may come out as long
        raise CannotBind(who, address, reason, f"set {key} to a shorter unix:PATH", UNAVAILABLE)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.setblocking(False)
        _remove_dead(address, who)
        with contextlib.suppress(OSError):  # Linux; closes the moment between bind and chmod
            os.fchmod(listening.fileno(), 0o600 & mode)
        listening.bind(path)
        os.chmod(path, mode)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        remedy, status = _unix_remedy(address, error)
        raise CannotBind(who, address, _words(error), remedy, status) from error
    except CannotBind:
        listening.close()
        raise
    return listening


def bound_address(listening: socket.socket) -> BoundAddress:
    """Where a socket is bound: with the port that the system chose."""
    name = listening.getsockname()
    if listening.family == socket.AF_UNIX:
        return UnixAddress(name)
    return TcpAddress(name[0], name[1])


def _remove_dead(address: UnixAddress, who: str) -> None:
    try:
        kind = os.lstat(address.path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        reason, remedy = "a file that is not a socket is there", "remove it or choose another path"
        raise CannotBind(who, address, reason, remedy, UNAVAILABLE)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.setblocking(False)
        try:
            caller.connect(address.path)
        except ConnectionRefusedError:
            os.unlink(address.path)
            return
        except BlockingIOError:  # its backlog is full: it lives
            pass
    reason, remedy = "another process listens there", "stop it or choose another path"
    raise CannotBind(who, address, reason, remedy, UNAVAILABLE)


def _tcp_remedy(address: TcpAddress, error: OSError, who: str) -> tuple[str, int]:
    if error.errno == errno.EADDRINUSE:
        return "stop what listens there or choose another port", UNAVAILABLE
    if error.errno == errno.EADDRNOTAVAIL:
        if sys.platform == "darwin":
            return f"add it first: ifconfig lo0 alias {address.host}", UNAVAILABLE
        length = 128 if ":" in address.host else 32
        return f"add it first: ip address add {address.host}/{length} dev lo", UNAVAILABLE
    if error.errno == errno.EAFNOSUPPORT:
        if ":" in address.host and _may_open(socket.AF_INET):
            return "IPv6 is off in this kernel, or for this service; leave it out", UNAVAILABLE
        surface = who.partition(" of ")[0]
        return (
            "this service may open no sockets of its own: let a socket unit hand it over "
            f"(ListenStream={address}, FileDescriptorName={surface}), or install the service "
            "with: imds-sim install-systemd --capability"
        ), UNAVAILABLE
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"grant CAP_NET_BIND_SERVICE, set sysctl net.ipv4.ip_unprivileged_port_start="
            f"{address.port}, or choose a port above 1023"
        ), NOT_PERMITTED
    return "choose another address", UNAVAILABLE


def _unix_remedy(address: UnixAddress, error: OSError) -> tuple[str, int]:
    folder = os.path.dirname(address.path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"let this user write to {folder}, or choose another path", NOT_PERMITTED
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"create the folder {folder} first", UNAVAILABLE
    return "choose another path", UNAVAILABLE


def _may_open(family: socket.AddressFamily) -> bool:
    """Whether a socket of the family can be made; RestrictAddressFamilies= of a unit forbids it."""
    try:
        socket.socket(family, socket.SOCK_STREAM).close()
    except OSError:
        return False
    return True


def _words(error: OSError) -> str:
    words = os.strerror(error.errno) if error.errno else str(error)
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
