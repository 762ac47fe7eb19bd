"""Paths of endpoints and files of their tokens; names and sizes in the sections of tasks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.load import load_config

Refusal = Callable[[str], list[str]]
ROLE = "roles: {r: {}}\nlisten: {generic: ['127.0.0.1:0']}\n"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/a", True),
        ("/2016-11-01/credentialprovider/", True),
        ("/a/b/c/d/e/f/g/h", True),
        ("/a/b/c/d/e/f/g/h/i", False),
        ("/" + "a" * 128, True),
        ("/" + "a" * 129, False),
        ("a", False),
        ("//", False),
        ("/a//b", False),
        ("/a/../b", False),
        ("/.a", False),
        ("/a b", False),
        ("/a?b", False),
        ("/a%20", False),
    ],
)
def test_an_endpoint_has_a_path_that_no_client_writes_otherwise(
    refusal: Refusal, tmp_path: Path, path: str, allowed: bool
) -> None:
    text = ROLE + f"endpoints: {{'{path}': {{role: r}}}}"
    if allowed:
        file = tmp_path / "c.yaml"
        file.write_text(text)
        assert list(load_config(file).endpoints) == [path]
    else:
        assert "is not a path" in refusal(text)[0]


def test_the_token_of_an_endpoint_may_stand_in_a_file_that_clients_read(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("open-sesame")
    file = tmp_path / "c.yaml"
    file.write_text(ROLE + "endpoints: {/a: {role: r, authorization_token_file: token}}")
    held = load_config(file).endpoints["/a"].authorization_token_file
    assert held is not None
    assert (held.token.reveal(), held.path) == ("open-sesame", tmp_path / "token")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"open-sesame\n", "the token ends with a line break, which SDKs refuse; use printf"),
        (b"open-sesame\r\n", "the token ends with a line break, which SDKs refuse; use printf"),
        (b"open\nsesame", "a secret has 1 to 128 visible characters of ASCII"),
        (b"", "a secret has 1 to 128 visible characters of ASCII"),
        (b"\xff", "the file holds no text"),
    ],
)
def test_a_token_that_clients_could_not_send_is_refused(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "token").write_bytes(content)
    file = tmp_path / "c.yaml"
    file.write_text(ROLE + "endpoints: {/a: {role: r, authorization_token_file: token}}")
    with pytest.raises(ConfigInvalid) as refused:
        load_config(file)
    assert told in str(refused.value)
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "endpoints: {/a: {role: r, authorization_token: t, authorization_token_file: x}}",
            "authorization_token_file",
        ),
        ("endpoints: {/a: {role: q}}", "no role 'q'"),
        ("endpoints: {/a: {role: r, dialect: vault}}", "must be plain, greengrass, cloudshell or"),
        ("tasks: {t: {role: r, execution_role: q}}", "tasks.t.execution_role: no role 'q'"),
        ("tasks: {t: {role: r, launch_type: FARGATE, network_mode: host}}", "must be awsvpc"),
        ("tasks: {t: {role: r, containers: [a]}}", "must be a mapping of names to containers"),
        ("tasks: {t: {role: r, containers: {a b: {}}}}", "is not a container name"),
        ("tasks: {t: {role: r, revision: 0}}", "0 is not allowed; allowed: 1 to 65535"),
        ("tasks: {t: {role: r, availability_zone: eu-west-1a}}", "is not in region us-east-1"),
        ("ecs: {throttle: {burst: 0}}", "0 is not allowed; allowed: 1 to 1000000"),
        ("ecs: {local_endpoints: user/bob}", "nobody is called 'user/bob'"),
        (
            "tasks: {t: {role: r, address: 10.0.0.1}, u: {role: r, address: 10.0.0.1}}",
            "tasks.u.address: this address is given at tasks.t.address already",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(refusal: Refusal, text: str, told: str) -> None:
    assert any(told in line for line in refusal(ROLE + text))


def test_eleven_containers_are_too_many_for_a_task(refusal: Refusal) -> None:
    ten = ", ".join(f"c{number}: " for number in range(10))
    allowed = ROLE + f"tasks: {{t: {{role: r, containers: {{{ten}}}}}}}"
    assert not [line for line in refusal(allowed + "\nx: 1") if "containers" in line]
    told = refusal(ROLE + f"tasks: {{t: {{role: r, containers: {{{ten}, c10: }}}}}}")
    assert "11 containers; allowed: 10" in told[0]
