import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin_backend import fake_backend
from tests.admin_stub import admin_stub
from tests.cli.conftest import Invoke
from tests.simulator.scenes import scene_of

WORLD = """
users: {alice: {}, bob: {}}
roles:
  web: {}
  deploy:
    trust:
      Version: 2012-10-17
      Statement:
        Sid: Alice
        Effect: Allow
        Principal: {AWS: 'arn:aws:iam::111122223333:user/alice'}
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']
        Condition:
          StringEquals: {'sts:ExternalId': '4:2', 'aws:RequestTag/team': a=b}
          Bool: {'aws:MultiFactorAuthPresent': true}
          StringLike: {'sts:RoleSessionName': 's-*', 'sts:SourceIdentity': alice}
instances: {web-1: {role: web}}
"""
ALL_IT_TAKES = (
    *("--external-id", "4:2", "--tag", "team=a=b", "--mfa"),
    *("--session-name", "s-1", "--source-identity", "alice"),
)
ROLE = "arn:aws:iam::111122223333:role/deploy"


@pytest.fixture(params=["daemon", "file"])
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, ...]]:
    """Options that lead to the same world: a running daemon's, or a file's."""
    folder = tmp_path_factory.mktemp("why")
    if request.param == "file":
        (folder / "sim.yaml").write_text(WORLD)
        yield ("--config", str(folder / "sim.yaml"))
        return
    scene = scene_of(WORLD)
    with admin_stub(fake_backend(scene.core.world), folder) as daemon:
        yield ("--admin", daemon.address)


def test_yes_ends_with_0_and_names_the_statement(asked: tuple[str, ...], invoke: Invoke) -> None:
    result = invoke("why", "--principal", "user/alice", "--role", "deploy", *ALL_IT_TAKES, *asked)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:3] == [
        f"yes: arn:aws:iam::111122223333:user/alice can assume {ROLE}",
        "  sts:AssumeRole: allow",
        "    statement 0 (Alice) of the role trust policy allows it",
    ]


def test_no_ends_with_1_and_tells_what_to_change(asked: tuple[str, ...], invoke: Invoke) -> None:
    result = invoke("why", "--principal", "user/bob", "--role", "deploy", *ALL_IT_TAKES, *asked)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == f"no: arn:aws:iam::111122223333:user/bob cannot assume {ROLE}"
    assert "  to change that, one of:" in lines
    assert (
        "    in statement 0 (Alice) of roles.deploy.trust: name "
        "arn:aws:iam::111122223333:user/bob in its Principal"
    ) in lines


def test_the_whole_explanation_is_one_object(asked: tuple[str, ...], invoke: Invoke) -> None:
    result = invoke("why", "--principal", "web-1", "--role", "web", "--json", *asked)
    document = json.loads(result.stdout)
    assert (result.exit_code, document["allowed"]) == (0, True)
    assert document["decisions"][0]["effect"] == "allow"


def test_a_refusal_of_the_sts_is_told(asked: tuple[str, ...], invoke: Invoke) -> None:
    root = "arn:aws:iam::111122223333:root"
    result = invoke("why", "--principal", root, "--role", "web", *asked)
    assert result.exit_code == 1
    assert "  AccessDenied: Roles may not be assumed by root accounts." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--principal", "web-9", "--role", "web"), "did you mean web-1?"),
        (("--principal", "web-1", "--role", "wbe"), "did you mean web?"),
        (("--principal", "web-1"), "--role"),
        (("--principal", "web-1", "--role", "web", "--tag", "team"), "not KEY=VALUE"),
        (("--principal", "web-1", "--role", "web", "--tag", "a=1", "--tag", "a=2"), "twice"),
        (("--principal", "web-1", "--role", "web", "--claim", "sub"), "write it like sub=jane"),
    ],
)
def test_a_wrong_question_ends_with_2(
    asked: tuple[str, ...], invoke: Invoke, arguments: tuple[str, ...], told: str
) -> None:
    result = invoke("why", *arguments, *asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


@pytest.mark.parametrize(("text", "status"), [("roles: [", 78), (None, 66)])
def test_a_file_that_is_none_ends_as_everywhere(
    invoke: Invoke, tmp_path: Path, text: str | None, status: int
) -> None:
    file = tmp_path / "sim.yaml"
    if text is not None:
        file.write_text(text)
    result = invoke("why", "--principal", "a", "--role", "b", "--config", str(file))
    assert result.exit_code == status


def test_without_file_and_daemon_it_ends_with_69(invoke: Invoke) -> None:
    assert invoke("why", "--principal", "a", "--role", "b").exit_code == 69
