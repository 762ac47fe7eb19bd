import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imds_sim.config.load import parse_config
from imds_sim.server.embedded import Simulator
from tests.cli.conftest import Invoke, Routes, StubServer

CONFIG = """
roles: {web: {}, api: {}, resize: {}}
instances: {web-1: {role: web, id: i-0123456789abcdef0}}
tasks: {api-1: {role: api}}
functions: {resize: {role: resize, snap_start: true}, plain: {role: resize}}
users: {alice: {path: /team/}}
"""
ASSUMED = "arn:aws:sts::111122223333:assumed-role"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator.start(parse_config(CONFIG)) as running:
        yield running


@pytest.mark.parametrize(
    ("workload", "arn", "source"),
    [
        ("web-1", f"{ASSUMED}/web/i-0123456789abcdef0", "from IMDSv2 at http://127.0.0.1:"),
        ("api-1", f"{ASSUMED}/api/", "from the container endpoint http://127.0.0.1:"),
        ("resize", f"{ASSUMED}/resize/resize", "from the container endpoint http://127.0.0.1:"),
        ("plain", f"{ASSUMED}/resize/plain", "from the environment"),
        ("user/alice", "arn:aws:iam::111122223333:user/team/alice", "from the environment"),
    ],
)
def test_everybody_is_known_to_the_sts(
    simulator: Simulator, invoke: Invoke, workload: str, arn: str, source: str
) -> None:
    result = invoke("whoami", environ=simulator.environment(workload))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(arn)
    assert source in result.stdout
    assert "account      111122223333" in result.stdout


def test_as_json_it_is_one_object_without_secrets(simulator: Simulator, invoke: Invoke) -> None:
    environ = simulator.environment("plain")
    result = invoke("whoami", "--json", environ=environ)
    document = json.loads(result.stdout)
    assert document["arn"] == f"{ASSUMED}/resize/plain"
    assert document["user_id"].startswith("AROA")
    assert document["access_key_id"] == environ["AWS_ACCESS_KEY_ID"]
    assert document["sts"] == environ["AWS_ENDPOINT_URL_STS"]
    assert environ["AWS_SECRET_ACCESS_KEY"] not in result.stdout
    assert environ["AWS_SESSION_TOKEN"] not in result.stdout


def test_whom_the_sts_does_not_know_is_nobody(simulator: Simulator, invoke: Invoke) -> None:
    environ = {**simulator.environment("plain"), "AWS_SECRET_ACCESS_KEY": "another"}
    result = invoke("whoami", environ=environ)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "SignatureDoesNotMatch" in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_end_of_the_credentials_is_told(simulator: Simulator, invoke: Invoke) -> None:
    shown = invoke("whoami", environ=simulator.environment("web-1")).stdout
    assert "Z, 6h34m" in shown


def test_without_credentials_the_answer_is_no(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    result = invoke("whoami", environ={"AWS_EC2_METADATA_SERVICE_ENDPOINT": serve({}).url})
    assert (result.exit_code, result.stdout) == (1, "")


def test_without_an_sts_there_is_nobody_to_ask(invoke: Invoke) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}
    result = invoke("whoami", environ=keys)
    assert result.exit_code == 69
    assert "AWS_ENDPOINT_URL_STS is not set" in result.stderr


def test_the_sts_of_another_machine_is_not_asked(invoke: Invoke) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}
    result = invoke("whoami", environ={**keys, "AWS_ENDPOINT_URL_STS": "https://sts.amazonaws.com"})
    assert result.exit_code == 77


def test_a_profile_that_an_sdk_would_take_is_noted(simulator: Simulator, invoke: Invoke) -> None:
    environ = {**simulator.environment("web-1"), "AWS_PROFILE": "prod"}
    result = invoke("whoami", environ=environ)
    assert result.exit_code == 0
    assert "AWS_PROFILE is set" in result.stderr


def test_a_file_that_an_sdk_would_take_is_noted(
    simulator: Simulator, invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = AKIA\naws_secret_access_key = hush\n")
    environ = {**simulator.environment("web-1"), "AWS_SHARED_CREDENTIALS_FILE": str(file)}
    result = invoke("whoami", environ=environ)
    assert result.exit_code == 0
    assert f"note: {file} has credentials for the profile 'default'" in result.stderr
    assert "hush" not in result.output


def test_where_nobody_listens_the_remedy_is_told(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    gone = serve({})
    gone.server.server_close()
    result = invoke("whoami", environ={"AWS_EC2_METADATA_SERVICE_ENDPOINT": gone.url})
    assert result.exit_code == 1
    assert '"imds-sim serve" and eval "$(imds-sim env)"' in result.stderr


def test_a_foreign_key_is_told_with_where_it_came_from(
    simulator: Simulator, invoke: Invoke
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAFOREIGN", "AWS_SECRET_ACCESS_KEY": "hush"}
    result = invoke("whoami", environ={**simulator.environment("web-1"), **keys})
    assert result.exit_code == 1
    assert "AKIAFOREIGN from the environment (AWS_ACCESS_KEY_ID)" in result.stderr
    assert "hush" not in result.stderr


def test_the_journal_shows_who_asked(simulator: Simulator, invoke: Invoke) -> None:
    simulator.journal.clear()
    invoke("whoami", environ=simulator.environment("web-1"))
    agents = {entry.user_agent for entry in simulator.journal if entry.client}
    assert len(simulator.journal.entries()) >= 3
    assert {str(each).partition("/")[0] for each in agents} == {"imds-sim"}
