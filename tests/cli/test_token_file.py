"""Token files that are not as clients expect them, from `env` and around `run`."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.cli.ending import FileNotWritable, FileUnreadable
from imds_sim.cli.token_file import NoTokenFile, TokenFile, placed, rotating
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request
from imds_sim.server.projected import ProjectedTokens
from imds_sim.workloads.pod import IRSA_TOKEN, POD_IDENTITY_TOKEN
from tests.admin_backend import fake_backend
from tests.admin_stub import admin_stub
from tests.cli.conftest import Invoke
from tests.simulator.scenes import Scene, over, scene_of

TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
WEB_IDENTITY = "AWS_WEB_IDENTITY_TOKEN_FILE"
WORLD = """
roles: {r: {}}
pods: {p-1: {role: r}, p-2: {role: r}, p-3: {role: r, irsa: true}}
functions: {f-1: {role: r, snap_start: true, authorization_token: hunter2}}
tasks: {t-1: {role: r}}
"""
# What a program finds: the file, and what fetches with its contents are answered, one after the
# other; `kept` is the token that the file had at the start.
FETCHES = """
import json, os, sys, urllib.request
def fetch(token):
    url = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    request = urllib.request.Request(url, headers={"Authorization": token})
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code
def read():
    return open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
kept = read()
json.dump([fetch(kept), fetch(kept), fetch(read()), fetch(read())], open(sys.argv[1], "w"))
"""
SHOWS = "import os, sys; open(sys.argv[1], 'wb').write(open(os.environ[sys.argv[2]], 'rb').read())"


@pytest.mark.parametrize("variable", [FILE, WEB_IDENTITY])
@pytest.mark.parametrize(
    ("how", "content"), [(TokenFile.NEWLINE, b"hunter2\n"), (TokenFile.CRLF, b"hunter2\r\n")]
)
def test_a_line_end_comes_after_the_token_of_the_file(
    tmp_path: Path, variable: str, how: TokenFile, content: bytes
) -> None:
    held = tmp_path / "held"
    held.write_text("hunter2")
    seen = placed({variable: str(held), "AWS_REGION": "r"}, how, tmp_path / "own", "p-1")
    file = Path(seen[variable])
    assert file.read_bytes() == content
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert seen == {variable: str(file), "AWS_REGION": "r"}
    assert held.read_text() == "hunter2"


def test_a_token_in_a_variable_stays_beside_the_file(tmp_path: Path) -> None:
    seen = placed({TOKEN: "hunter2"}, TokenFile.NEWLINE, tmp_path / "own", "/creds")
    assert seen[TOKEN] == "hunter2"
    assert Path(seen[FILE]).read_text() == "hunter2\n"


def test_a_missing_file_is_not_there_even_where_one_was(tmp_path: Path) -> None:
    for _ in range(2):
        seen = placed({TOKEN: "hunter2"}, TokenFile.MISSING, tmp_path, "f-1")
        file = Path(seen[FILE])
        assert not file.exists()
        assert file.parent == tmp_path
        file.write_text("left by somebody")


def test_what_cannot_be_read_or_written_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(NoTokenFile, match="t-1 shows no token; pods, endpoints and functions"):
        placed({"AWS_REGION": "r"}, TokenFile.CRLF, tmp_path, "t-1")
    with pytest.raises(FileUnreadable, match="none: No such file or directory; run this as the"):
        placed({FILE: str(tmp_path / "none")}, TokenFile.CRLF, tmp_path, "p-1")
    with pytest.raises(FileNotWritable, match="name a folder of yours in XDG_RUNTIME_DIR"):
        placed({TOKEN: "hunter2"}, TokenFile.CRLF, tmp_path / "no" / "own", "f-1")


def fetch(scene: Scene, token: str) -> int:
    headers = Headers([("Host", "169.254.170.23"), ("Authorization", token)])
    return scene.core.handle(over(Surface.EKS), Request("GET", "/v1/credentials", headers)).status


def test_a_fetch_replaces_the_file_of_its_pod_and_ends_the_token_before(tmp_path: Path) -> None:
    scene = scene_of(WORLD)
    tokens = ProjectedTokens(tmp_path / "pods", scene.core)
    tokens.renew()
    own, others = (tokens.folder / name / POD_IDENTITY_TOKEN for name in ("p-1", "p-2"))
    pod = scene.core.world.resolver.named("p-1")
    scene.core.journal.sink = rotating(scene.core, pod, {FILE: str(own)})

    first, other = own.read_text(), others.read_text()
    for_the_sts = (tokens.folder / "p-1" / IRSA_TOKEN).read_text()
    assert [fetch(scene, other), fetch(scene, for_the_sts)] == [200, 400]
    assert [entry.workload for entry in scene.core.journal] == ["p-2", "p-1"]
    assert own.read_text() == first
    assert [fetch(scene, first), fetch(scene, first)] == [200, 400]
    second = own.read_text()
    assert fetch(scene, second) == 200
    assert len({first, second, own.read_text()}) == 3
    assert others.read_text() == other

    scene.clock.advance(timedelta(hours=20))  # the file is due, as for any pod
    replaced = own.read_text()
    tokens.renew()
    assert [fetch(scene, replaced), fetch(scene, own.read_text())] == [400, 200]


@pytest.mark.parametrize("name", ["p-3", "f-1", "t-1"])
def test_no_other_file_is_replaced(name: str) -> None:
    scene = scene_of(WORLD)
    with pytest.raises(NoTokenFile, match="but that of a pod with Pod Identity; run it --as one"):
        rotating(scene.core, scene.core.world.resolver.named(name), {})


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "sim.yaml"
    file.write_text(WORLD)
    return str(file)


def test_a_command_that_keeps_the_token_for_too_long_is_refused(
    invoke: Invoke, tmp_path: Path, config: str
) -> None:
    out = tmp_path / "out"
    options = ["--config", config, "--as", "p-1", "--token-file", "rotates"]
    ran = invoke("run", *options, "--", sys.executable, "-c", FETCHES, str(out))
    assert ran.exit_code == 0, ran.stderr
    assert json.loads(out.read_text()) == [200, 400, 200, 200]


@pytest.mark.parametrize(("whose", "variable"), [("p-1", FILE), ("p-3", WEB_IDENTITY)])
def test_a_command_finds_a_file_with_a_line_feed(
    invoke: Invoke, tmp_path: Path, config: str, whose: str, variable: str
) -> None:
    out = tmp_path / "out"
    options = ["--config", config, "--as", whose, "--token-file", "newline"]
    ran = invoke("run", *options, "--", sys.executable, "-c", SHOWS, str(out), variable)
    assert ran.exit_code == 0, ran.stderr
    assert out.read_bytes().endswith(b"\n")
    assert out.read_bytes().count(b".") == 2


@pytest.mark.parametrize("how", ["newline", "rotates"])
def test_a_workload_without_token_is_wrong_usage(invoke: Invoke, config: str, how: str) -> None:
    options = ["--config", config, "--as", "t-1", "--token-file", how]
    assert invoke("run", *options, "--", "true").exit_code == 2


def test_the_environment_leads_to_a_file_that_stays(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    backend = fake_backend(scene_of(WORLD).core.world)
    options = ["--as", "f-1", "--token-file", "crlf"]
    with admin_stub(backend, tmp_path) as running:
        admin = ["--admin", running.address]
        seen = json.loads(invoke("env", *admin, *options, "--format", "json").stdout)
        shell = invoke("env", *admin, *options).stdout
        refused = invoke("env", *admin, "--as", "f-1", "--token-file", "rotates")
    assert Path(seen[FILE]).read_bytes() == b"hunter2\r\n"
    assert Path(seen[FILE]).parent == tmp_path / "imds-sim"
    assert f"export {FILE}=" in shell
    assert f" {FILE} " not in shell.splitlines()[0]
    assert refused.exit_code == 2  # nobody is there to replace it
