"""Endpoints in a whole simulator: identities of roles, of roles behind them, tokens that change."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.config.load import load_config
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request, Response
from tests.simulator.scenes import Scene, over, scene_of

WORLD = """
account: "111122223333"
roles:
  base: {policies: {all: {Version: "2012-10-17", Statement:
    {Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}}}}
  next: {trust: {Version: "2012-10-17", Statement:
    {Effect: Allow, Action: "sts:AssumeRole", Principal: {AWS: "111122223333"}}}}
  closed: {trust: none}
endpoints:
  /a: {role: base, dialect: DIALECT, authorization_token: open-sesame}
"""
DIALECTS = ["plain", "greengrass", "cloudshell", "aws_vault"]


def ask(scene: Scene, path: str, token: str = "open-sesame") -> Response:
    fields = [("Host", "127.0.0.1"), ("Authorization", token)]
    return scene.core.handle(over(Surface.GENERIC), Request("GET", path, Headers(fields)))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whoever_shows_the_token_gets_an_identity_until_it_expires(dialect: str) -> None:
    scene = scene_of(WORLD.replace("DIALECT", dialect))
    keys = json.loads(ask(scene, "/a").body)
    assert b"assumed-role/base/" in scene.identity(keys).body
    scene.clock.advance(timedelta(hours=6))
    assert scene.identity(keys).status == 403
    assert scene.identity(json.loads(ask(scene, "/a").body)).status == 200


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_reader_gets_the_same_until_the_refresh(dialect: str) -> None:
    scene = scene_of(WORLD.replace("DIALECT", dialect))
    first = ask(scene, "/a").body
    assert ask(scene, "/a").body == first
    assert scene.core.rotate("/a") == 1
    assert ask(scene, "/a").body != first
    assert scene.identity(json.loads(first)).status == 200


def test_aws_vault_assumes_roles_with_the_endpoint_s_own() -> None:
    scene = scene_of(WORLD.replace("DIALECT", "aws_vault"))
    keys = json.loads(ask(scene, "/a/role-arn/arn:aws:iam::111122223333:role/next").body)
    assert b"assumed-role/next/1767323045000000000" in scene.identity(keys).body
    denied = ask(scene, "/a/role-arn/arn:aws:iam::111122223333:role/closed")
    assert denied.status == 500
    assert json.loads(denied.body)["Message"].startswith("AccessDenied: User: arn:aws:sts::")
    assert ask(scene, "/a/role-arn/nonsense").status == 500


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_journal_names_the_endpoint_and_what_it_gave_but_no_token(dialect: str) -> None:
    scene = scene_of(WORLD.replace("DIALECT", dialect))
    given, refused = ask(scene, "/a"), ask(scene, "/a", "wrong-token")
    first, second = scene.core.journal.entries(0)
    assert (first.surface, first.workload, first.status) == ("generic", "/a", given.status)
    assert first.access_key_id == json.loads(given.body)["AccessKeyId"]
    assert (second.status, second.access_key_id) == (refused.status, None)
    assert "open-sesame" not in str((first, second))
    assert "wrong-token" not in str((first, second))


def test_a_token_file_that_is_replaced_counts_whole_from_the_reload_on(tmp_path: Path) -> None:
    """Whatever half of it a client has read before, it was not the token."""
    file, token = tmp_path / "c.yaml", tmp_path / "token"
    file.write_text(
        "roles: {r: {}}\nlisten: {generic: ['127.0.0.1:0']}\n"
        "endpoints: {/a: {role: r, authorization_token_file: token}}"
    )
    token.write_text("first-token")
    assert load_config(file).endpoints["/a"].authorization_token_file is not None
    scene = scene_of("roles: {r: {}}\nendpoints: {/a: {role: r, authorization_token: first-token}}")
    assert ask(scene, "/a", "first-token").status == 200
    (tmp_path / "new").write_text("second-token")
    (tmp_path / "new").replace(token)
    held = load_config(file).endpoints["/a"].authorization_token_file
    assert held is not None
    scene.core.swap(
        scene.world(
            "roles: {r: {}}\n"
            f"endpoints: {{/a: {{role: r, authorization_token: {held.token.reveal()}}}}}"
        )
    )
    for presented, status in (
        ("first-token", 401),
        ("second", 401),
        ("second-token", 200),
        ("first-tokensecond-token", 401),
    ):
        assert ask(scene, "/a", presented).status == status
