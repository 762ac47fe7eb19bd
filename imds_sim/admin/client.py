"""A small blocking client of the admin surface, for commands: find the daemon, ask it."""

import errno
import http.client
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlencode

from imds_sim.admin.errors import (
    AdminRefused,
    DaemonNotFound,
    DaemonNotPermitted,
    DaemonNotUnderstood,
)
from imds_sim.admin.paths import candidates, check_private, is_shared_place
from imds_sim.kernel.address import AddressMalformed, TcpAddress, parse_address
from imds_sim.kernel.secret import Secret

ADDRESS_VARIABLE = "IMDS_SIM_ADMIN"
TIMEOUT = 5.0  # seconds; a daemon that is well answers in milliseconds
PATIENCE = 60.0  # seconds for what takes long in a large world: reload, rotate
_WRITTEN = "the address of a daemon is written unix:/PATH or http://127.0.0.1:PORT"
_START_ONE = 'start one with "imds-sim serve", or name its socket with --admin'


TOKEN_VARIABLE = "IMDS_SIM_ADMIN_TOKEN_FILE"


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = _connected(self._path, self.timeout or TIMEOUT)


@dataclass(frozen=True, slots=True)
class AdminClient:
    """Speaks to one daemon, over a connection a call.

    `path` is that of its unix socket, or `http://127.0.0.1:PORT`, which takes a `token`.
    """

    path: str
    token: Secret | None = None

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | None] | None = None,
        timeout: float = TIMEOUT,
        document: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        """The document that the daemon answers; a query of None is left out, `document` is sent.

        Raises AdminRefused, DaemonNotFound, DaemonNotPermitted, DaemonNotUnderstood.
        """
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"{path}?{urlencode(given)}" if given else path
        headers = {"Accept": "application/json"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token.reveal()}"
        connection = _connection(self.path, timeout)
        try:
            body = None if document is None else json.dumps(document).encode()
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            status, told = response.status, response.read()
        except PermissionError as error:
            raise _not_permitted(self.path) from error
        except (ConnectionRefusedError, FileNotFoundError) as error:
            raise DaemonNotFound(f"no daemon listens on {self.path}; {_START_ONE}") from error
        except TimeoutError as error:
            stuck = (
                f"the daemon at {self.path} does not answer; is it stopped, or stuck? restart it"
            )
            raise DaemonNotFound(stuck) from error
        except (OSError, http.client.HTTPException) as error:
            raise DaemonNotUnderstood(f"{self.path} broke off: {error or 'no answer'}") from error
        finally:
            connection.close()
        return _judged(self.path, status, told)


def find(address: str | None, environ: Mapping[str, str], uid: int) -> AdminClient:
    """The daemon at `address`, else at $IMDS_SIM_ADMIN, else the first live one where they live.

    An address is `unix:PATH`, a path, or `http://127.0.0.1:PORT` with the token in the file that
    $IMDS_SIM_ADMIN_TOKEN_FILE names. Raises DaemonNotFound, DaemonNotPermitted, AddressMalformed.
    """
    given = address or environ.get(ADDRESS_VARIABLE)
    if given:
        if given.startswith("http://"):
            return AdminClient(f"http://{_tcp_address(given)}", _token(environ))
        path = given.removeprefix("unix:")
        if not path.startswith("/"):
            raise AddressMalformed(f"{given!r}: {_WRITTEN}")
        _try(path)
        return AdminClient(path)
    places = candidates(environ, uid)
    refused: DaemonNotPermitted | None = None
    for path in places:
        folder = os.path.dirname(path)
        try:
            if is_shared_place(folder):
                check_private(folder, uid)
            _try(path)
        except (DaemonNotFound, FileNotFoundError):
            continue
        except DaemonNotPermitted as error:
            refused = refused or error
            continue
        return AdminClient(path)
    if refused is not None:
        raise refused
    raise DaemonNotFound(f"no daemon found ({', '.join(places)}); {_START_ONE}")


def _connection(path: str, timeout: float) -> http.client.HTTPConnection:
    if path.startswith("http://"):
        address = _tcp_address(path)
        return http.client.HTTPConnection(address.host, address.port, timeout)
    return _UnixConnection(path, timeout)


def _tcp_address(url: str) -> TcpAddress:
    """The address of an admin surface on TCP. Raises AddressMalformed."""
    try:
        address = parse_address(url.removeprefix("http://").removesuffix("/"))
    except AddressMalformed:
        address = None
    if not isinstance(address, TcpAddress) or not ip_address(address.host).is_loopback:
        raise AddressMalformed(f"{url!r}: {_WRITTEN}")
    return address


def _token(environ: Mapping[str, str]) -> Secret | None:
    """The token in the file that the environment names. Raises DaemonNotPermitted."""
    file = environ.get(TOKEN_VARIABLE)
    if not file:
        return None
    try:
        with open(file, encoding="utf-8") as opened:
            return Secret(opened.read(4096).strip())
    except (OSError, UnicodeDecodeError) as error:
        raise DaemonNotPermitted(f"{TOKEN_VARIABLE}: {file} cannot be read: {error}") from error


def _try(path: str) -> None:
    """Connect once. Raises DaemonNotFound, DaemonNotPermitted."""
    try:
        _connected(path, TIMEOUT).close()
    except PermissionError as error:
        raise _not_permitted(path) from error
    except OSError as error:
        if error.errno == errno.EAGAIN:  # its queue is full: alive, and busy
            return
        raise DaemonNotFound(f"no daemon listens on {path}; {_START_ONE}") from error


def _connected(path: str, timeout: float) -> socket.socket:
    connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connecting.settimeout(timeout)
        connecting.connect(path)
    except BaseException:
        connecting.close()
        raise
    return connecting


def _not_permitted(path: str) -> DaemonNotPermitted:
    return DaemonNotPermitted(
        f"{path}: permission denied; use sudo, or join the group of its folder (for the packaged "
        'service "sudo usermod -aG imds-sim USER", then log in again)'
    )


def _judged(path: str, status: int, body: bytes) -> dict[str, object]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise DaemonNotUnderstood(f"{path} is not the admin socket of imds-sim") from error
    if not isinstance(document, dict):
        raise DaemonNotUnderstood(f"{path} is not the admin socket of imds-sim")
    if status < 400:
        return document
    failure = document.get("error")
    told = failure if isinstance(failure, dict) else {}
    message = str(told.get("message") or f"the daemon answered {status}")
    raise AdminRefused(status, str(told.get("code", "")), message, document)
