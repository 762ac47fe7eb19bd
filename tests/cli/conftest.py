import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result

from imds_sim.workloads.instance import Instance
from tests import in_process
from tests.admin_backend import fake_backend
from tests.admin_stub import StubDaemon, admin_stub
from tests.worlds import world_of

# Path → status, body. The method may stand before the path.
Routes = dict[str, tuple[int, str]]


class StubServer:
    """A loopback HTTP server that answers by path and keeps what it was asked."""

    def __init__(self, routes: Routes) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                stub.asked.append((self.command, self.path, dict(self.headers)))
                status, body = routes.get(
                    f"{self.command} {self.path}", routes.get(self.path, (404, "nothing here"))
                )
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_PUT = do_POST = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def lines(self) -> list[str]:
        return [f"{method} {path}" for method, path, _ in self.asked]

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Routes], StubServer]]:
    """Start a server on loopback that answers these routes."""
    with ExitStack() as running:

        def start(routes: Routes) -> StubServer:
            stub = StubServer(routes)
            running.callback(stub.stop)
            return stub

        yield start


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No AWS setting and no daemon of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "ECS_", "IMDS_SIM_")):
            monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("IMDS_SIM_ADMIN", f"unix:{tmp_path}/no.sock")


Invoke = Callable[..., Result]


@pytest.fixture
def invoke() -> Invoke:
    """Run a command in this process with more environment."""

    def run(*arguments: str, environ: dict[str, str] | None = None) -> Result:
        return in_process.invoke(arguments, environ or {})

    return run


@pytest.fixture
def daemon(
    make_instance: Callable[..., Instance],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[StubDaemon]:
    """One that our commands find, with instance web-1."""
    backend = fake_backend(world_of(make_instance("web-1")))
    with admin_stub(backend, tmp_path_factory.mktemp("run")) as running:
        monkeypatch.setenv("IMDS_SIM_ADMIN", running.address)
        yield running
