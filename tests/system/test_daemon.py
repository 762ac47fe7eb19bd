"""The daemon as a process: it starts, is told to reload, and ends as a service manager expects."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.daemons import BARE, Daemon, daemon
from tests.service_manager import service_manager
from tests.waiting import PATIENCE, until

ANY = '["127.0.0.1:0"]'
FREE = f"listen: {{imds: {ANY}, sts: {ANY}, ecs: {ANY}, eks: [], lambda: []}}\n"
DEFAULT = FREE + "roles: {web: {}}\ninstances: {web-1: {role: web}}\n"


def serve_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`serve` in a folder, for a start that fails; it ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "imds_sim", "serve", *arguments],
        env={**BARE, "RUNTIME_DIRECTORY": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Daemon]:
    with daemon(tmp_path, DEFAULT) as started:
        yield started


def test_the_ready_file_says_where_everything_is_bound(running: Daemon) -> None:
    ready = running.ready
    surfaces = {"imds", "sts", "ecs", "eks", "eks_probes", "lambda", "generic"}
    assert set(ready) == {*surfaces, "admin", "probes", "instances"}
    [imds] = ready["imds"]
    assert imds.startswith("http://127.0.0.1:")
    assert not imds.endswith("/")
    assert (ready["lambda"], ready["eks"], ready["instances"]) == ([], [], {})
    assert ready["admin"] == [running.admin]


def test_sigterm_ends_it_well_and_leaves_nothing(running: Daemon) -> None:
    assert running.stop() == 0
    assert not (running.folder / "admin.sock").exists()
    assert "Traceback" not in running.log()


def test_sigint_ends_it_well(running: Daemon) -> None:
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=30) == 0


def test_a_reload_brings_the_new_workload_and_says_so(running: Daemon) -> None:
    (running.folder / "config.yaml").write_text(DEFAULT + "tasks: {api-1: {role: web}}\n")
    done = running.imds_sim("reload")
    assert "workload api-1 added" in done.stdout
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in running.environment("api-1")


def test_a_broken_file_leaves_the_old_world_serving_and_is_told_everywhere(
    running: Daemon,
) -> None:
    before = running.environment("web-1")
    (running.folder / "config.yaml").write_text(DEFAULT.replace("role: web", "rol: web"))
    done = running.imds_sim("reload", check=False)
    assert done.returncode == 78
    line = "instances.web-1.rol"
    assert line in done.stderr
    assert "Traceback" not in done.stderr
    assert running.environment("web-1") == before
    assert running.imds_sim("get", "/latest/meta-data/instance-id").stdout.startswith("i-")
    assert line in running.imds_sim("status").stdout
    (running.folder / "config.yaml").write_text(DEFAULT)
    assert running.imds_sim("reload").returncode == 0
    assert line not in running.imds_sim("status").stdout


def test_sighup_reloads_too(running: Daemon) -> None:
    (running.folder / "config.yaml").write_text(DEFAULT + "tasks: {api-1: {role: web}}\n")
    running.process.send_signal(signal.SIGHUP)
    until(lambda: json.loads(running.imds_sim("status", "--json").stdout)["last_reload"])
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in running.environment("api-1")


def test_who_may_connect_changes_with_a_reload(running: Daemon) -> None:
    (running.folder / "config.yaml").write_text(DEFAULT + "allow_clients: [10.0.0.0/8]\n")
    done = running.imds_sim("reload")
    assert "allowed clients: 10.0.0.0/8" in done.stdout
    assert (
        "clients of this machine come from 127.0.0.1 and are refused" in done.stderr + done.stdout
    )
    host, port = running.ready["imds"][0].removeprefix("http://").split(":")
    for _ in range(2):
        with (
            socket.create_connection((host, int(port)), timeout=PATIENCE) as refused,
            contextlib.suppress(ConnectionResetError),
        ):
            assert refused.recv(1) == b""
    (running.folder / "config.yaml").write_text(DEFAULT + "allow_clients: [127.0.0.1]\n")
    running.imds_sim("reload")
    assert running.imds_sim("get", "/latest/meta-data/instance-id").stdout.startswith("i-")
    assert running.log().count('"event": "connections.client_not_allowed"') == 1


def test_who_may_connect_is_a_matter_of_the_surfaces_alone(tmp_path: Path) -> None:
    """A kubelet asks from the address of its node, which no list of clients has."""
    config = DEFAULT + f"allow_clients: [10.0.0.0/8]\nprobes: {ANY}\n"
    with daemon(tmp_path, config) as started:
        [probes], [imds] = started.ready["probes"], started.ready["imds"]
        assert urlopen(f"{probes}/readyz", timeout=60).status == 200
        with pytest.raises((ConnectionResetError, RemoteDisconnected)):
            urlopen(imds, timeout=60)


def test_status_is_watched_through_a_restart(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    argv = [sys.executable, "-m", "imds_sim", "status", "--watch"]
    place = {"IMDS_SIM_ADMIN": f"unix:{tmp_path}/admin.sock", "TERM": "xterm", "COLUMNS": "200"}
    watching = subprocess.Popen(
        argv, env={**BARE, **place}, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        screen_until(ours, "not there: ")
        for _ in range(2):
            with daemon(tmp_path, DEFAULT) as started:
                screen_until(ours, f"pid {started.process.pid}, ")
                assert started.stop() == 0
                screen_until(ours, "not there: no daemon listens")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(timeout=60) == 128 + signal.SIGINT
    finally:
        watching.kill()
        watching.wait(timeout=60)
        os.close(ours)


def screen_until(terminal: int, text: str) -> None:
    """Read what is shown on a terminal until `text` is."""
    shown = ""
    while text not in shown:
        assert select.select([terminal], [], [], 60)[0], shown
        shown += os.read(terminal, 65536).decode(errors="replace")


def test_a_reload_changes_only_the_listeners_that_changed(running: Daemon) -> None:
    url = running.ready["imds"][0]
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as kept:
        own = 'instances: {web-1: {role: web}, b: {role: web, listen: ["127.0.0.1:0"]}}\n'
        (running.folder / "config.yaml").write_text(FREE + "roles: {web: {}}\n" + own)
        running.imds_sim("reload")
        status = json.loads(running.imds_sim("status", "--json").stdout)
        urls = [each["url"] for each in status["listeners"] if each["surface"] == "imds"]
        assert url in urls
        assert len(urls) == 2
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert kept.recv(100).startswith(b"HTTP/1.1 401 Unauthorized\r\n")


def test_a_port_that_is_taken_is_told_in_one_line_and_nothing_is_half_started(
    tmp_path: Path,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "config.yaml").write_text(f'listen: {{sts: ["127.0.0.1:{port}"], imds: []}}\n')
        done = serve_in(tmp_path, "--config", "config.yaml")
    assert done.returncode == 69
    [line] = done.stderr.splitlines()
    assert f"sts cannot listen on 127.0.0.1:{port}: address already in use; " in line
    assert done.stdout == ""
    assert not (tmp_path / "admin.sock").exists()


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        pytest.param(None, 66, "config.yaml", id="missing"),
        pytest.param("roles: [", 78, "config.yaml:2:1: not YAML", id="not YAML"),
        pytest.param("rols: {}", 78, "config.yaml:1:1: rols: ", id="a typo"),
        pytest.param("", 78, "config.yaml:1:1: the file is empty", id="empty, half-written"),
    ],
)
def test_a_file_that_cannot_be_served_ends_it_with_a_line_and_a_status(
    tmp_path: Path, content: str | None, status: int, said: str
) -> None:
    if content is not None:
        (tmp_path / "config.yaml").write_text(content)
    done = serve_in(tmp_path, "--config", "config.yaml")
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_service_manager_hears_of_every_turn(tmp_path: Path) -> None:
    with service_manager(tmp_path) as manager:
        variables = {**manager.environment, "WATCHDOG_USEC": "200000"}
        with daemon(tmp_path, DEFAULT, environment=variables) as started:
            ready = manager.until("READY")[-1]
            assert ready["STATUS"] == "serving 1 workload on 3 endpoints, generation 1"
            manager.until("WATCHDOG")
            (tmp_path / "config.yaml").write_text("rols: {}")
            started.process.send_signal(signal.SIGHUP)
            assert int(manager.until("RELOADING")[-1]["MONOTONIC_USEC"]) > 0
            refused = manager.until("READY")[-1]["STATUS"]
            assert refused.startswith(f"reload refused: {tmp_path}/config.yaml:1:1: rols: ")
            assert refused.endswith(f"; still {ready['STATUS']}")
            (tmp_path / "config.yaml").write_text(DEFAULT)
            started.process.send_signal(signal.SIGHUP)
            again = manager.until("READY")[-1]["STATUS"]
            assert again == "serving 1 workload on 3 endpoints, generation 2"
            started.process.send_signal(signal.SIGTERM)
            stopping = manager.until("STOPPING")[-1]
            assert stopping["EXTEND_TIMEOUT_USEC"] == "15000000"
            assert started.process.wait(timeout=30) == 0


def test_sigquit_shows_the_stacks_and_ends_nothing(running: Daemon) -> None:
    running.process.send_signal(signal.SIGQUIT)
    assert running.imds_sim("reload").returncode == 0
    assert running.stop() == 0
    assert "most recent call first" in running.log()


def test_a_thousand_sigquits_in_the_midst_of_work_end_nothing(running: Daemon) -> None:
    where = urlsplit(running.ready["imds"][0])
    assert where.hostname is not None
    with closing(HTTPConnection(where.hostname, where.port or 80, timeout=PATIENCE)) as client:
        for turn in range(1000):
            if turn % 10 == 0:
                running.process.send_signal(signal.SIGHUP)  # a thread reads the file anew
            client.request("GET", "/latest/meta-data/")
            running.process.send_signal(signal.SIGQUIT)
            answer = client.getresponse()
            assert (answer.status, answer.read()) == (401, b"")  # no token was shown
    assert running.stop() == 0
    assert running.log().count("most recent call first") > 100


def test_the_watchdogs_sigabrt_shows_the_stacks(running: Daemon) -> None:
    running.process.send_signal(signal.SIGABRT)
    # Python shows them wherever the main thread is, and may fall over a frame that is half made
    # (python/cpython#116008): a process that works, as this one, ends by SIGSEGV then.
    assert running.process.wait(timeout=30) in (-signal.SIGABRT, -signal.SIGSEGV)
    assert "most recent call first" in running.log()


def test_credentials_of_before_a_restart_are_accepted_with_a_state_directory(
    tmp_path: Path,
) -> None:
    config = DEFAULT + f"state_dir: {tmp_path / 'state'}\nfunctions: {{fn: {{role: web}}}}\n"
    with daemon(tmp_path, config) as first:
        keys = first.environment("fn")
        assert first.stop() == 0
    with daemon(tmp_path, config) as second:
        now = {**keys, "AWS_ENDPOINT_URL_STS": second.ready["sts"][0]}
        done = second.run(sys.executable, "-m", "imds_sim", "whoami", "--json", environment=now)
        assert json.loads(done.stdout)["arn"].endswith("assumed-role/web/fn")
    assert os.stat(tmp_path / "state" / "state.key").st_mode & 0o777 == 0o600


def test_a_second_daemon_on_a_state_directory_is_refused_in_one_line(tmp_path: Path) -> None:
    config = DEFAULT + f"state_dir: {tmp_path / 'state'}\n"
    (tmp_path / "second").mkdir()
    with daemon(tmp_path, config) as first:
        argv = (sys.executable, "-m", "imds_sim", "serve", "--config", "config.yaml")
        place = {"RUNTIME_DIRECTORY": str(tmp_path / "second")}
        done = first.run(*argv, environment=place, check=False)
        assert (done.returncode, done.stdout) == (69, "")
        [line] = done.stderr.splitlines()
        assert line.startswith(
            f"imds-sim: {tmp_path / 'state'}: process {first.process.pid} uses this state directory"
        )
        assert first.imds_sim("reload").returncode == 0
        first.process.kill()
        first.process.wait(timeout=30)
    with daemon(tmp_path, config) as again:
        assert again.stop() == 0


@pytest.mark.parametrize("where", ["state_dir", "state_key_file"])
def test_a_key_that_others_can_read_ends_the_start_in_one_line(tmp_path: Path, where: str) -> None:
    key = tmp_path / "state.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o644)
    named = {"state_dir": tmp_path, "state_key_file": key}[where]
    (tmp_path / "c.yaml").write_text(DEFAULT + f"{where}: {named}\n")
    done = serve_in(tmp_path, "--config", "c.yaml")
    assert done.returncode == 77
    [line] = done.stderr.splitlines()
    assert f"{key}: " in line
    assert "chmod " in line


def test_without_a_state_directory_a_restart_ends_credentials(tmp_path: Path) -> None:
    config = DEFAULT + "functions: {fn: {role: web}}\n"
    with daemon(tmp_path, config) as first:
        keys = first.environment("fn")
        assert first.stop() == 0
    with daemon(tmp_path, config) as second:
        now = {**keys, "AWS_ENDPOINT_URL_STS": second.ready["sts"][0]}
        argv = (sys.executable, "-m", "imds_sim", "whoami")
        done = second.run(*argv, environment=now, check=False)
        assert (done.returncode, "InvalidClientTokenId" in done.stderr) == (1, True)


def test_a_ready_file_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(DEFAULT)
    done = serve_in(tmp_path, "--config", "c.yaml", "--ready-file", "no/x")
    assert done.returncode == 77
    assert done.stderr.splitlines()[-1] == "imds-sim: no/x: No such file or directory"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "closed",
    [
        "<&- >&- 2>&-",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("<&-", ">&-", "2>&-")),
    ],
)
def test_closed_standard_descriptors_do_not_end_it(tmp_path: Path, closed: str) -> None:
    command = f"exec {sys.executable} -m imds_sim run -- true {closed}"
    done = subprocess.run(
        ["sh", "-c", command], env={**BARE, "TMPDIR": str(tmp_path)}, timeout=60, check=False
    )
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


@contextmanager
def following(running: Daemon, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`imds-sim journal --follow`, which has shown one request already."""
    running.imds_sim("get", "/latest/meta-data/instance-id")
    argv = [sys.executable, "-m", "imds_sim", "journal", "--follow", *options]
    with subprocess.Popen(
        argv,
        env={**BARE, "IMDS_SIM_ADMIN": running.admin},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def lines_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    assert any(text in line for line in process.stdout)


def test_the_journal_is_followed_until_ctrl_c(running: Daemon) -> None:
    with following(running, "--as", "web-1") as process:
        lines_until(process, "PUT /latest/api/token")
        running.imds_sim("get", "/latest/meta-data/ami-id")
        lines_until(process, "GET /latest/meta-data/ami-id")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        assert (process.returncode, told) == (0, "")


def test_following_the_journal_ends_with_the_daemon(running: Daemon) -> None:
    with following(running, "--json") as process:
        lines_until(process, "/latest/api/token")
        assert running.stop() == 0
        _, told = process.communicate(timeout=30)
        assert (process.returncode, told) == (0, "imds-sim: the daemon has ended\n")
