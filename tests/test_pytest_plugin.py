"""The plugin as its users have it: these tests run under it."""

import asyncio
import json
import os
import subprocess
import sys
import textwrap
import threading
import unittest
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from imds_sim import Simulator
from tests.waiting import PATIENCE

TWO = {
    "roles": {"web": {}, "api": {}},
    "instances": {"web-1": {"role": "web"}, "web-2": {"role": "api"}},
    "tasks": {"api-1": {"role": "api"}},
}


def role() -> tuple[int, str]:
    """What the environment of this process leads to."""
    url = f"{os.environ['AWS_EC2_METADATA_SERVICE_ENDPOINT']}/latest/api/token"
    order = urllib.request.Request(
        url, method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    )
    with urllib.request.urlopen(order, timeout=PATIENCE) as reply:
        proof = {"X-aws-ec2-metadata-token": reply.read().decode()}
    url = url.replace("api/token", "meta-data/iam/security-credentials/")
    ask = urllib.request.Request(url, headers=proof)
    with urllib.request.urlopen(ask, timeout=PATIENCE) as reply:
        return reply.status, reply.read().decode()


def test_a_test_is_the_first_workload(imds_sim: Simulator) -> None:
    assert role() == (200, "web")
    assert [entry.workload for entry in imds_sim.journal] == ["web-1", "web-1"]


@pytest.mark.parametrize("_repeat", [1, 2])
def test_it_finds_nothing_of_the_test_before_it(imds_sim: Simulator, _repeat: int) -> None:
    assert list(imds_sim.journal) == []
    assert imds_sim.faults.list() == []
    assert abs(imds_sim.clock.now() - imds_sim.clock.wall()) < timedelta(hours=1)
    role()
    imds_sim.faults.add("token:503")
    imds_sim.clock.advance(timedelta(days=2))


@pytest.mark.imds_sim(as_="web-2", config=TWO)
def test_the_marker_says_which_workload(imds_sim: Simulator) -> None:
    assert role() == (200, "api")


@pytest.mark.imds_sim(config=TWO)
class TestMarkersOfAClass:
    @pytest.mark.imds_sim(as_="api-1")
    def test_are_completed_by_those_of_a_test(self) -> None:
        assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in os.environ

    def test_are_enough_by_themselves(self) -> None:
        assert role() == (200, "web")


@pytest.mark.imds_sim(roles={"web": {"path": "/x/"}, "other": {}})
def test_roles_are_added_to_the_default_world(imds_sim: Simulator) -> None:
    assert role() == (200, "web")
    assert imds_sim.core.world.resolver.workloads.keys() == {"web-1"}


@pytest.mark.imds_sim(faults=["token:503*1"])
def test_faults_are_armed(imds_sim: Simulator) -> None:
    with pytest.raises(urllib.error.HTTPError, match="503"):
        role()
    assert role() == (200, "web")


@pytest.mark.imds_sim(
    config=TWO, faults=["ecs:500", {"fault": "token:503", "as": "web-2", "surface": "imds"}]
)
def test_faults_are_armed_for_some_as_in_a_file(imds_sim: Simulator) -> None:
    assert role() == (200, "web")
    scopes = [(each.scope.workload, each.scope.surface) for each in imds_sim.faults.list()]
    assert scopes == [(None, None), ("web-2", "imds")]


async def test_a_coroutine_has_it_too(imds_sim: Simulator) -> None:
    assert await asyncio.to_thread(role) == (200, "web")


class TestCase(unittest.TestCase):
    def test_unittest_has_it_by_with(self) -> None:
        before = set(threading.enumerate())
        with Simulator.start(TWO) as simulator, simulator.patched_environ("web-2"):
            assert role() == (200, "api")
        assert set(threading.enumerate()) == before

    @pytest.mark.imds_sim
    def test_unittest_has_it_by_the_marker(self) -> None:
        assert role() == (200, "web")


def test_the_real_aws_is_hidden_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import os\n"
        "def test_inside(imds_sim):\n"
        "    assert not {'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'} & set(os.environ)\n"
        "    assert os.path.getsize(os.environ['AWS_CONFIG_FILE']) == 0\n"
        "    assert os.path.getsize(os.environ['AWS_SHARED_CREDENTIALS_FILE']) == 0\n"
        "    assert '169.254.169.254' in os.environ['NO_PROXY']\n"
        "def test_after():\n"
        "    assert os.environ['AWS_PROFILE'] == 'real'\n"
        "    assert os.environ['AWS_CONFIG_FILE'] == '/real'\n"
    )
    real = {"AWS_PROFILE": "real", "AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_CONFIG_FILE": "/real"}
    assert outcome(tmp_path, **real)[1] == "2 passed"


PREAMBLE = """
import os
import unittest
import pytest

REAL, SIMULATED = "AKIAREAL", None

@pytest.fixture
def seen():
    return os.environ.get("AWS_ACCESS_KEY_ID")

@pytest.fixture(scope="module")
def seen_by_the_module():
    return os.environ.get("AWS_ACCESS_KEY_ID")

@pytest.fixture(autouse=True)
def seen_everywhere(request):
    request.node.seen = os.environ.get("AWS_ACCESS_KEY_ID")

"""
# Files of a pytest of their own, which passes them all.
SENTENCES = {
    "with the marker, what its fixtures make is of the simulated AWS": """
        @pytest.mark.imds_sim
        def test_it(seen, request):
            assert (seen, request.node.seen) == (SIMULATED, SIMULATED)
    """,
    "also what a fixture makes that stands before the parameter": """
        @pytest.mark.imds_sim
        def test_it(seen, imds_sim):
            assert seen == SIMULATED
    """,
    "and what setup_method makes": """
        @pytest.mark.imds_sim
        class TestIt:
            def setup_method(self):
                self.seen = os.environ.get("AWS_ACCESS_KEY_ID")
            def test_it(self):
                assert self.seen == SIMULATED
    """,
    "and setUp": """
        @pytest.mark.imds_sim
        class TestIt(unittest.TestCase):
            def setUp(self):
                self.seen = os.environ.get("AWS_ACCESS_KEY_ID")
            def test_it(self):
                assert self.seen == SIMULATED
    """,
    "and what is made for a coroutine": """
        @pytest.mark.asyncio
        @pytest.mark.imds_sim
        async def test_it(seen):
            assert seen == SIMULATED
    """,
    "a fixture of the module is the real AWS's": """
        @pytest.mark.imds_sim
        def test_it(seen_by_the_module, seen):
            assert (seen_by_the_module, seen) == (REAL, SIMULATED)
    """,
    "the marker of one parameter is no other's": """
        @pytest.mark.parametrize("marked", [
            False, pytest.param(True, marks=pytest.mark.imds_sim), False])
        def test_it(seen, marked):
            assert seen == (SIMULATED if marked else REAL)
    """,
    "without a marker the order of the parameters counts": """
        def test_first(imds_sim, seen):
            assert seen == SIMULATED
        def test_last(seen, imds_sim):
            assert seen == REAL
    """,
    "what a test changes by monkeypatch is undone in any order": """
        def test_before(monkeypatch, imds_sim):
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
        def test_behind(imds_sim, monkeypatch):
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
        @pytest.mark.imds_sim
        def test_marked(monkeypatch):
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
        def test_after():
            assert os.environ["AWS_REGION"] == "real"
            assert "AWS_CONFIG_FILE" not in os.environ
    """,
    "a simulator that a test stopped is not that of the next one": """
        @pytest.mark.parametrize("stopped", [True, False, True, False])
        def test_it(imds_sim, stopped):
            assert imds_sim.environment()
            if stopped:
                imds_sim.stop()
    """,
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a pytest of its own says of each of the sentences; nothing if all of it passed."""
    folder = tmp_path_factory.mktemp("sentences")
    for number, test in enumerate(SENTENCES.values()):
        (folder / f"test_{number}.py").write_text(PREAMBLE + textwrap.dedent(test))
    real = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_REGION": "real"}
    outcome(folder, "--junit-xml=told.xml", **real)
    told = dict.fromkeys(SENTENCES, "")
    cases = list(ElementTree.parse(folder / "told.xml").iter("testcase"))
    for number, sentence in enumerate(SENTENCES):
        own = [
            case for case in cases if case.get("classname", "").split(".")[0] == f"test_{number}"
        ]
        assert own, sentence
        told[sentence] = "".join(wrong.get("message", "") for case in own for wrong in case)
    return told


@pytest.mark.parametrize("sentence", SENTENCES)
def test_of_a_pytest_of_its_own(failures: dict[str, str], sentence: str) -> None:
    assert failures[sentence] == ""


@pytest.mark.slow
def test_workers_of_xdist_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "sim.yaml").write_text(json.dumps(TWO))
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / "test_it.py").write_text(
        "import pytest\n"
        "pytestmark = pytest.mark.imds_sim(config='sim.yaml', as_='web-2')\n"
        "@pytest.mark.parametrize('n', range(8))\n"
        "def test_one(imds_sim, n):\n"
        "    assert list(imds_sim.journal) == []\n"
        "    assert imds_sim.environment() != imds_sim.environment('web-2')\n"
    )
    assert outcome(tmp_path, "-n", "2", "--rootdir", str(tmp_path))[1] == "8 passed"


WRONG = [
    ("(who='x')", "by name, not who"),
    ("('web-1')", "by name, not 'web-1'"),
    ("(config=7)", "config is a path or a mapping, not 7"),
    ("(faults='token:503')", "texts or of mappings (fault, as, surface, client), not"),
    ("(faults=[{'fault': 'v1:off', 'who': 'x'}])", "not [{'fault': 'v1:off', 'who': 'x'}]"),
    ("(faults=[{'as': 'web-1'}])", "not [{'as': 'web-1'}]"),
    ("(as_='web-9')", "web-9"),
    ("(config='none.yaml')", "none.yaml"),
]


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a pytest of its own says of each wrong marker."""
    folder = tmp_path_factory.mktemp("wrong")
    for number, (marker, _) in enumerate(WRONG):
        text = f"import pytest\n@pytest.mark.imds_sim{marker}\ndef test_it(): pass\n"
        (folder / f"test_{number}.py").write_text(text)
    text, end = outcome(folder, "--junit-xml=told.xml")
    assert end == f"{len(WRONG)} errors", text
    cases = ElementTree.parse(folder / "told.xml").iter("testcase")
    told = {case.get("classname"): case.find("error") for case in cases}
    return {
        marker: "" if (error := told[f"test_{number}"]) is None else error.get("message", "")
        for number, (marker, _) in enumerate(WRONG)
    }


@pytest.mark.parametrize(("marker", "told"), WRONG)
def test_a_wrong_marker_is_told(errors: dict[str, str], marker: str, told: str) -> None:
    assert told in errors[marker]


def test_nothing_is_imported_before_the_fixture_is_used(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    assert not [n for n in sys.modules if n.startswith('imds_sim.') "
        "and n != 'imds_sim.pytest_plugin']\n"
    )
    assert outcome(tmp_path)[1] == "1 passed"


# Passes over the whole file, so that each test comes after each other one; without those that start
# a pytest of their own. The order within a pass is the file's.
REPEATING = """
def pytest_collection_modifyitems(items):
    own = {"tmp_path", "errors", "failures"}
    items[:] = [item for item in items if not own & {*item.fixturenames}] * 1000
"""


@pytest.mark.slow
def test_a_thousand_repetitions_of_these_tests_pass(tmp_path: Path) -> None:
    (tmp_path / "repeating.py").write_text(REPEATING)
    here = Path(__file__)
    arguments = ("-q", "-n", "0", "-p", "repeating", str(here))
    text, end = outcome(here.parents[1], *arguments, PYTHONPATH=str(tmp_path))
    passed, said = end.split()
    assert (said, int(passed) >= 10_000, int(passed) % 1_000) == ("passed", True, 0), text[-4_000:]


def outcome(folder: Path, *arguments: str, **environ: str) -> tuple[str, str]:
    """What pytest of its own prints in `folder`, with strict settings, and how it ends."""
    strict = ("--strict-markers", "-W", "error", "-p", "no:cacheprovider")
    loop = ("-o", "asyncio_default_fixture_loop_scope=function")  # pytest-asyncio warns without
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *strict, *loop, *arguments],
        cwd=folder,
        env={**{k: v for k, v in os.environ.items() if "PYTEST" not in k}, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stdout.splitlines()[-1] if done.stdout else done.stderr
    return done.stdout + done.stderr, last.strip("= ").partition(" in ")[0]
