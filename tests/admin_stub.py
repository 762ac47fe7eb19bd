"""The admin API on a unix socket in a thread, without the daemon around it."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from imds_sim.admin.api import RELOAD, AdminApi
from imds_sim.admin.backend import ReloadOutcome
from tests.admin_backend import FakeBackend
from tests.worlds import ISSUED_AT


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class StubDaemon:
    """Answers for a backend; `outcome` is how the next reload ends."""

    def __init__(self, backend: FakeBackend, address: str) -> None:
        self.backend = backend
        self.address = address
        self.outcome = ReloadOutcome(ISSUED_AT, 3)

    def answer(self, method: str, target: str, body: bytes = b"") -> tuple[int, bytes]:
        parts = urlsplit(target)
        api = AdminApi(self.backend)
        if (method, parts.path) == RELOAD:
            reply = api.reloaded(self.outcome)
        else:
            reply = api.handle(method, parts.path, dict(parse_qsl(parts.query)), body)
        return reply.status, json.dumps(reply.document).encode()


@contextmanager
def admin_stub(backend: FakeBackend, folder: Path) -> Iterator[StubDaemon]:
    """Serve inside the block, on admin.sock in `folder`."""
    path = folder / "admin.sock"
    daemon = StubDaemon(backend, f"unix:{path}")

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = daemon.answer(self.command, self.path, asked)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    with _Server(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield daemon
        server.shutdown()
        thread.join()
