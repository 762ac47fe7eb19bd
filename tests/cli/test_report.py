import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from lxml import html

from imds_sim.cli.reporting.choice import CannotConcern, chosen
from imds_sim.cli.reporting.recorded import tables
from imds_sim.cli.reporting.show import HEAD
from imds_sim.faults.grammar import parse
from tests.cli.conftest import Invoke

# Asks for a token at most twice, and needs one.
CLIENT = """
import os, sys, urllib.error, urllib.request
base = os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] + "/latest/"
life = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
request = urllib.request.Request(base + "api/token", method="PUT", headers=life)
def token():
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()
try:
    shown = token()
except urllib.error.HTTPError:
    shown = token()
read = urllib.request.Request(
    base + "meta-data/iam/security-credentials/", headers={"X-aws-ec2-metadata-token": shown}
)
urllib.request.urlopen(read).close()
"""
COMMAND = ("--", sys.executable, "-c", CLIENT)


def test_a_report_tells_how_the_command_took_each_scenario(invoke: Invoke) -> None:
    done = invoke("report", "--json", "--scenarios", "none,token:503*1,token:403", *COMMAND)
    assert done.exit_code == 0, done.stderr
    healthy, once, always = json.loads(done.stdout)
    asked = ["imds PUT /latest/api/token 200"]
    asked += ["imds GET /latest/meta-data/iam/security-credentials/ 200"]
    assert (healthy["scenario"], healthy["exit_status"], healthy["requests"]) == ("none", 0, asked)
    assert once["requests"] == ["imds PUT /latest/api/token 503", *asked]
    assert (once["exit_status"], once["retries"], healthy["retries"]) == (0, 1, 0)
    assert always["requests"] == ["imds PUT /latest/api/token 403"] * 2
    assert (always["exit_status"], always["outcome"]) == (1, "none")


def test_a_journal_that_keeps_nothing_hides_nothing_from_a_report(
    invoke: Invoke, tmp_path: Path
) -> None:
    config = tmp_path / "sim.yaml"
    config.write_text("roles: {web: {}}\ninstances: {web-1: {role: web}}\njournal: {capacity: 0}\n")
    options = ("--json", "--config", str(config), "--scenarios", "none")
    [healthy] = json.loads(invoke("report", *options, *COMMAND).stdout)
    assert len(healthy["requests"]) == 2


def test_a_token_that_was_cut_short_is_asked_for_again_and_is_not_the_one_that_is_shown(
    invoke: Invoke,
) -> None:
    client = CLIENT.replace("urllib.error.HTTPError", "Exception")
    options = ("--json", "--scenarios", "token:truncate*1")
    [cut] = json.loads(invoke("report", *options, "--", sys.executable, "-c", client).stdout)
    assert cut["requests"][:2] == ["imds PUT /latest/api/token 200"] * 2
    assert (cut["exit_status"], cut["retries"], cut["token_reuse"]) == (0, 1, 0)


def test_faults_and_weather_of_the_file_are_left_out(invoke: Invoke, tmp_path: Path) -> None:
    config = tmp_path / "sim.yaml"
    world = "roles: {web: {}}\ninstances: {web-1: {role: web}}\n"
    config.write_text(world + 'faults: ["token:403", "imds:500"]\nweather: {level: wild}\n')
    options = ("--json", "--config", str(config), "--scenarios", "none,token:503*1")
    healthy, once = json.loads(invoke("report", *options, *COMMAND).stdout)
    assert [each[-3:] for each in healthy["requests"]] == ["200", "200"]
    assert [each[-3:] for each in once["requests"]] == ["503", "200", "200"]


def test_what_a_command_leaves_running_is_ended(invoke: Invoke, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    listening = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    left = f"echo left >{tmp_path}/alive; tail -f {os.devnull} >>{tmp_path}/alive & exit 0"
    done = invoke("report", "--json", "--scenarios", "none", "--", "sh", "-c", left)
    assert json.loads(done.stdout)[0]["exit_status"] == 0
    assert heard(listening) == b"left\n"
    assert heard(listening) == b""
    os.close(listening)


def test_the_table_has_a_line_for_each(invoke: Invoke) -> None:
    done = invoke("report", "--scenarios", "none,token:503*1", *COMMAND)
    assert [line.split("  ")[0] for line in done.stdout.splitlines()] == [
        *("SCENARIO", "none (healthy)", "token:503*1"),
    ]


def test_what_takes_too_long_is_ended(invoke: Invoke) -> None:
    options = ("--json", "--scenarios", "token:hang", "--timeout", "2")
    [hung] = json.loads(invoke("report", *options, *COMMAND).stdout)
    assert (hung["outcome"], hung["exit_status"]) == ("timeout", None)


def test_a_baseline_tells_what_changed(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    arguments = ("report", "--json", "--scenarios", "none", "--baseline", str(file))
    assert invoke(*arguments, *COMMAND).exit_code == 66
    file.write_text(invoke("report", "--json", "--scenarios", "none", *COMMAND).stdout)
    assert invoke(*arguments, *COMMAND).exit_code == 0
    changed = invoke(*arguments, "--", "false")
    assert changed.exit_code == 1
    assert "none: exit_status was 0, is 1" in changed.stderr
    assert "      - imds PUT /latest/api/token 200\n" in changed.stderr


@pytest.mark.parametrize(
    "written",
    ["{}", '[{"scenario": "none"}]', '[{"scenario": "none", "requests": 5}]', "[1]", "no JSON"],
)
def test_a_baseline_that_is_none_is_refused_before_anything_runs(
    invoke: Invoke, tmp_path: Path, written: str
) -> None:
    file, ran = tmp_path / "baseline.json", tmp_path / "ran"
    file.write_text(written)
    done = invoke("report", "--baseline", str(file), "--", "touch", str(ran))
    assert (done.exit_code, "not a report of --json" in done.stderr) == (66, True)
    assert not ran.exists()


def test_what_was_left_out_on_purpose_is_no_change(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    options = ("report", "--baseline", str(file), "--scenarios")
    [healthy] = json.loads(invoke("report", "--json", "--scenarios", "none", *COMMAND).stdout)
    file.write_text(json.dumps([healthy, {**healthy, "scenario": "sts:of-old"}]))
    chosen_alone = invoke(*options, "none", *COMMAND)
    assert (chosen_alone.exit_code, "sts:of-old" in chosen_alone.stderr) == (0, False)
    everything = invoke(*options, "all", "--", "true")
    assert (everything.exit_code, "- sts:of-old: not played" in everything.stderr) == (1, True)


def test_a_command_that_is_broken_without_any_fault_is_told(invoke: Invoke) -> None:
    options = ("report", "--json", "--scenarios")
    broken = ("--", sys.executable, "-c", "print(")
    done = invoke(*options, "none,token:503*1", *broken)
    assert done.exit_code == 0
    assert done.stderr == (
        "imds-sim: the healthy run already ended with status 1 and asked for nothing; "
        "its last words: SyntaxError: '(' was never closed\n"
    )
    for each in json.loads(done.stdout):
        assert each["stderr"].endswith("SyntaxError: '(' was never closed\n")
    assert invoke(*options, "token:503*1", *broken).stderr == ""


def test_a_page_is_written_beside_the_table(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    options = ("--html", str(file), "--scenarios", "none,token:503*1", "--json")
    done = invoke("report", *options, *COMMAND)
    assert [each["scenario"] for each in json.loads(done.stdout)] == ["none", "token:503*1"]
    page = html.parse(str(file))
    assert page.xpath("//tr/@id") == ["none", "token:503*1"]
    marks = [len(line.find_class("mark")) for line in page.xpath("//details")]
    assert marks == [2, 3]


def test_a_fault_that_moves_the_clock_leaves_the_time_line_as_it_was(
    invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    invoke("report", "--html", str(file), "--scenarios", "clock:jump=7h+1", *COMMAND)
    places = html.parse(str(file)).xpath("//details//*[contains(@class, 'mark')]/use[last()]/@x")
    first, second = (float(each.rstrip("%")) for each in places)
    assert first == 0 < second < 100


def test_a_page_that_cannot_be_written_is_refused_before_anything_runs(
    invoke: Invoke, tmp_path: Path
) -> None:
    trace = tmp_path / "ran"
    nowhere = str(tmp_path / "nowhere" / "report.html")
    done = invoke("report", "--html", nowhere, "--scenarios", "none", "--", "touch", str(trace))
    assert (done.exit_code, done.stdout, trace.exists()) == (77, "", False)
    assert done.stderr == (
        f"imds-sim: {nowhere}: cannot be written: No such file or directory; "
        "name a file in a folder where you may write\n"
    )


def test_a_command_that_cannot_start_leaves_no_page(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    done = invoke("report", "--html", str(file), "--scenarios", "none", "--", "nosuch")
    assert (done.exit_code, list(tmp_path.iterdir())) == (127, [])


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--scenarios", "tokn:503", "--", "true"], 2),
        (["--html", "-", "--", "true"], 2),
        (["--scenarios", "none", "--", "nosuch"], 127),
        pytest.param(
            ["--config", "/nowhere/sim.yaml", "--", "nosuch"], 127, id="looked up before all else"
        ),
        (["--as", "web-9", "--", "true"], 2),
    ],
)
def test_it_ends_with_the_status_that_is_due(
    invoke: Invoke, arguments: list[str], status: int
) -> None:
    assert invoke("report", *arguments).exit_code == status


def test_all_leaves_out_what_cannot_concern_the_workload() -> None:
    instance, task = chosen("all", "instance"), chosen("all", "task")
    assert {"none", "token:403&v1:off", "cred:500"} <= set(instance)
    assert not [each for each in instance if each.startswith(("ecs:", "eks:", "lambda:"))]
    assert not [each for each in task if each.startswith(("token:", "role:", "eks:"))]
    assert [each for each in task if each.startswith("ecs:")]
    assert chosen("role", "instance")[-1] == "role:503*1"


@pytest.mark.parametrize(
    ("kind", "scenarios"),
    [
        ("instance", {"token:hang", "token:drop", "token:403&v1:on", "outage:500+3"}),
        ("task", {"ecs:hang", "ecs:503*1", "outage:500+1"}),
        ("pod", {"eks:hang", "eks:503*1", "outage:500+1"}),
        ("function", {"lambda:hang", "lambda:503*1", "outage:500+1"}),
    ],
)
def test_all_has_what_a_row_of_the_catalogue_does_not_tell_each_once(
    kind: str, scenarios: set[str]
) -> None:
    every = chosen("all", kind)
    assert scenarios <= set(every)
    assert len(every) == len(set(every))
    for each in every[1:]:
        parse(each)


@pytest.mark.parametrize(
    ("wanted", "kind", "told"),
    [
        ("none,ecs", "instance", "ecs cannot concern COMMAND as an instance; run it --as TASK"),
        (
            "cred:500,ecs:500,eks",
            "instance",
            "ecs:500, eks cannot concern COMMAND as an instance; run it --as TASK or --as POD",
        ),
        (
            "all,token:403&v1:off",
            "task",
            "token:403&v1:off cannot concern COMMAND as a task; run it --as INSTANCE",
        ),
    ],
)
def test_what_the_workload_cannot_meet_is_refused(wanted: str, kind: str, told: str) -> None:
    with pytest.raises(CannotConcern) as caught:
        chosen(wanted, kind)
    assert str(caught.value) == told


def test_what_it_can_meet_in_part_is_played() -> None:
    assert chosen("cred:500&ecs:404,ecs:500", "task") == ["cred:500&ecs:404", "ecs:500"]
    assert chosen("cred:500&ecs:404", "instance") == ["cred:500&ecs:404"]
    assert [each for each in chosen("cred", "task") if not each.startswith("cred:")] == []


def test_the_refusal_comes_before_anything_runs(invoke: Invoke, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    done = invoke("report", "--scenarios", "none,ecs:500", "--", "touch", str(trace))
    assert (done.exit_code, done.stdout, trace.exists()) == (2, "", False)
    assert done.stderr.splitlines()[-1] == (
        "Error: Invalid value for --scenarios: "
        "ecs:500 cannot concern COMMAND as an instance; run it --as TASK"
    )


GIVES_UP = """
import os, sys, urllib.request
base = os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
try:
    urllib.request.urlopen(urllib.request.Request(base + "/latest/api/token", method="PUT"))
except OSError:
    sys.exit(1)
"""


def test_a_command_is_compared_with_what_an_sdk_was_recorded_to_do(invoke: Invoke) -> None:
    def against(sdk: str, scenario: str) -> Result:
        options = ("--scenarios", scenario, "--against", sdk)
        return invoke("report", *options, "--", sys.executable, "-c", GIVES_UP)

    same = against("botocore", "token:400")
    assert same.exit_code == 0, same.stderr
    assert same.stderr.startswith("against the table of boto3 (boto3 1.")
    other = against("go-v2", "token:503*1")
    assert other.exit_code == 1
    assert '  token:503*1: outcome was "credentials", is "none"' in other.stderr
    unknown = against("go-v3", "none")
    assert (unknown.exit_code, "go-v2" in unknown.stderr) == (2, True)


def test_the_help_names_every_sdk_that_was_recorded(invoke: Invoke) -> None:
    told = invoke("report", "--help").stdout
    assert [each.client for each in tables() if each.client not in told] == []


def test_the_help_explains_every_column(invoke: Invoke) -> None:
    lines = invoke("report", "--help").stdout.splitlines()
    explained = {line.split()[0] for line in lines if line.startswith("  ") and line.split()}
    assert set(HEAD) - explained <= {"SCENARIO", "OUTCOME", "EXIT", "TIME"}


def test_a_kind_of_workload_that_was_not_recorded_is_refused_before_anything_runs(
    invoke: Invoke, tmp_path: Path
) -> None:
    (tmp_path / "sim.yaml").write_text("roles: {web: {}}\nfunctions: {resize: {role: web}}\n")
    options = ("--config", str(tmp_path / "sim.yaml"), "--as", "resize", "--against", "rust")
    done = invoke("report", *options, "--", "touch", str(tmp_path / "ran"))
    assert done.exit_code == 2
    assert "instance, task" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_jobs_is_how_many_run_at_once(invoke: Invoke, tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
running = Path({str(tmp_path)!r}, "running")
running.mkdir()
import asyncio, http.client, ssl  # takes a while
running.rmdir()
"""
    options = ("--json", "--jobs", "1", "--scenarios", "role,none")
    report = json.loads(invoke("report", *options, "--", sys.executable, "-c", code).stdout)
    assert {each["exit_status"] for each in report} == {0}


# Asks for nothing the first time; then it says that it runs, and waits for ever with a child.
WAITS = """
import os, subprocess, sys
try:
    os.mkdir(sys.argv[1])
except FileExistsError:
    with open(sys.argv[2], "w", buffering=1) as alive:
        alive.write("started")
        alive.flush()
        subprocess.run(["tail", "-f", os.devnull], stdout=alive)
"""


def heard(pipe: int) -> bytes:
    """What is written to it next; nothing if nobody holds it any more."""
    readable, _, _ = select.select([pipe], [], [], 60)
    assert readable, "nothing was written in a minute"
    return os.read(pipe, 100)


@pytest.mark.parametrize(
    ("number", "status", "form"),
    [
        (signal.SIGINT, 130, "--json"),
        (signal.SIGINT, 130, "--jobs=1"),
        (signal.SIGTERM, 143, "--jobs=1"),
    ],
)
def test_an_interrupted_report_shows_what_is_done_and_leaves_no_process(
    tmp_path: Path, number: signal.Signals, status: int, form: str
) -> None:
    page, baseline, alive = (tmp_path / name for name in ("r.html", "old.json", "alive"))
    baseline.write_text("[]")
    os.mkfifo(alive)
    options = ["--html", str(page), "--baseline", str(baseline), "--against", "boto3", form]
    options += ["--jobs=1", "--scenarios", "none,token:503*1,cred:500"]  # one after another
    command = [sys.executable, "-c", WAITS, str(tmp_path / "first"), str(alive)]
    listening = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    with subprocess.Popen(
        [sys.executable, "-m", "imds_sim", "report", *options, "--", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert heard(listening) == b"started"
        running.send_signal(number)
        out, told = running.communicate(timeout=60)
    assert running.returncode == status
    assert told.splitlines() == [
        "imds-sim: interrupted after 1 of 3 scenarios",
        "imds-sim: the healthy run asked for nothing",
    ]
    if form == "--json":
        assert [each["scenario"] for each in json.loads(out)] == ["none"]
    else:
        names = [line.split("  ")[0] for line in out.splitlines()]
        assert names == ["SCENARIO", "none (healthy)"]
    assert html.parse(str(page)).xpath("//tr/@id") == ["none"]
    assert heard(listening) == b""
    os.close(listening)
