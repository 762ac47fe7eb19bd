"""One daemon in one namespace for all client tests; a client is judged by the journal too."""

import functools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients import on_ec2
from tests.clients.builds import built
from tests.daemons import Daemon, daemon
from tests.namespaces import LINK_LOCAL, missing, namespace

CONFIG = """
account: "111122223333"
roles:
  web: {}
  api: {}
  orders: {}
  irsa: {}
  resize: {}
instances:
  web-1: {role: web, id: i-0123456789abcdef0}
tasks:
  api-1: {role: api}
pods:
  api-7c9d8: {role: orders, cluster: blue-green-demo, namespace: shop, service_account: orders}
  irsa-1: {role: irsa, irsa: true}
functions:
  resize-1: {role: resize, snap_start: true}
  plain-1: {role: resize}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = missing()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.client)
            if reason:
                item.add_marker(pytest.mark.skip(reason=f"needs network namespaces: {reason}"))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with (
        namespace() as alone,
        daemon(tmp_path_factory.mktemp("clients"), CONFIG, alone) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def ec2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon on 169.254.169.254:80, where an instance's own tools look."""
    with (
        namespace(LINK_LOCAL) as alone,
        daemon(tmp_path_factory.mktemp("ec2"), on_ec2.CONFIG, alone) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder with node_modules; the SDKs are installed by `.ci/run` or by hand."""
    folder = os.environ.get("IMDS_SIM_TEST_NODE_MODULES")
    if not folder or not Path(folder, "@aws-sdk", "credential-providers").is_dir():
        pytest.skip("IMDS_SIM_TEST_NODE_MODULES does not name a node_modules with the JS SDK")
    return folder


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, ...]]:
    """Builds the program of a language when it is first asked for; gives its command line."""
    given = os.environ.get("IMDS_SIM_TEST_BUILDS")
    builds = Path(given).absolute() if given else tmp_path_factory.mktemp("builds")
    return functools.cache(lambda language: built(language, builds))


class Asked:
    """What reached the daemon since the fixture was made."""

    def __init__(self, running: Daemon) -> None:
        self._running = running
        self._before = max((entry["number"] for entry in running.journal()), default=0)

    def lines(self, surface: str) -> list[str]:
        """`METHOD path` of each request to a surface, in order."""
        return [
            f"{entry['method']} {entry['path']}"
            for entry in self._running.journal(self._before)
            if entry["surface"] == surface
        ]


@pytest.fixture
def asked(served: Daemon) -> Asked:
    return Asked(served)


@pytest.fixture
def asked_on_ec2(ec2: Daemon) -> Asked:
    return Asked(ec2)


def identity(printed: str) -> str:
    """The ARN in the last line, a JSON object as GetCallerIdentity answers it."""
    return str(json.loads(printed.strip().splitlines()[-1])["Arn"])
