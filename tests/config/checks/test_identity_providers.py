import json
from pathlib import Path
from typing import Any

import pytest

from imds_sim.config.build import build_world
from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.load import parse_config
from imds_sim.config.schema.identity_providers import default_name
from imds_sim.iam.generations import Generations
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.simulator.world import World
from tests.sts.federation.tokens import EC, KEYS, OTHER_RSA, RSA, jwk

URL = "https://idp.example.com/realm"
JWKS = {"keys": [jwk(RSA, "first")]}


def world(providers: dict[str, Any], **rest: Any) -> World:
    configuration = parse_config({"oidc_providers": providers, **rest})
    ids = Identifiers(b"k" * 32)
    return build_world(configuration, ids, Generations(), ManualClock().now())


def errors(providers: dict[str, Any], directory: Path | None = None) -> list[str]:
    with pytest.raises(ConfigInvalid) as refused:
        parse_config({"oidc_providers": providers}, directory=directory)
    return [f"{error.key}: {error.message}" for error in refused.value.errors]


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("https://token.actions.githubusercontent.com", "token.actions.githubusercontent.com"),
        ("https://oidc.eks.us-east-1.amazonaws.com/id/ABC", "ABC"),
        ("https://idp.example.com/realm/", "realm"),
        ("http://127.0.0.1:1339/oidc/dev", "dev"),
        ("http://localhost:1339", "localhost"),
        ("https://idp.example.com/~me", "me"),
        ("https://idp.example.com/~", "issuer"),
    ],
)
def test_an_issuer_is_called_by_the_end_of_its_url(issuer: str, name: str) -> None:
    assert default_name(issuer) == name
    [found] = world({issuer: {"built_in": True}}).directory.oidc_providers.values()
    assert (found.issuer, found.name) == (issuer, name)


def test_a_provider_has_an_arn_of_host_and_path_in_each_account() -> None:
    providers = world({URL: {"built_in": True, "accounts": ["111122223333", 444455556666]}})
    assert list(providers.directory.oidc_providers) == [
        "arn:aws:iam::111122223333:oidc-provider/idp.example.com/realm",
        "arn:aws:iam::444455556666:oidc-provider/idp.example.com/realm",
    ]


def test_what_is_left_out_is_what_most_clients_need() -> None:
    [found] = world({URL: {"jwks": JWKS}}).directory.oidc_providers.values()
    assert found.client_ids == ("sts.amazonaws.com",)
    assert (found.claims, found.is_reachable) == ((), True)
    gitlab = world({"https://gitlab.com": {"built_in": True}}).directory
    [found] = gitlab.oidc_providers.values()
    assert "project_id" in found.claims


@pytest.mark.parametrize(
    "url",
    [
        "idp.example.com",
        "http://idp.example.com",
        "https://idp.example.com:8443",
        "https://idp.example.com/?a=b",
        "https://idp.example.com/#a",
        "https://idp.example.com/*",
        "https://user@idp.example.com",
        "https://",
        f"https://idp.example.com/{'a' * 240}",
    ],
)
def test_an_issuer_is_an_https_url_as_iam_takes_it(url: str) -> None:
    assert len(errors({url: {"built_in": True}})) == 1


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({}, "how are its tokens verified? give one of jwks"),
        ({"jwks": JWKS, "built_in": True}, "not together with jwks"),
        ({"jwks": {}}, 'it has no list "keys"'),
        ({"jwks": {"keys": []}}, "no RSA or EC key for signatures"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}, "no RSA or EC key"),
        ({"jwks": {"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}}, "keys[0]: "),
        ({"jwks": {"keys": ["x"]}}, "keys[0] is no object"),
        ({"jwks": {"keys": [{**jwk(RSA, "1"), "use": "enc"}]}}, "no RSA or EC key"),
        ({"jwks": {"keys": [{**jwk(RSA, "1"), "d": "AQAB"}]}}, "private key"),
        ({"jwks": {"keys": [jwk(RSA, str(i)) for i in range(101)]}}, "more than 100 RSA keys"),
        ({"jwks": []}, "must be a JSON Web Key Set, not a list"),
        ({"jwks": "["}, "holds no JSON"),
        ({"jwks_file": "nowhere.json"}, "there is no file 'nowhere.json'"),
        ({"built_in": True, "audiences": []}, "0 audiences; allowed: 1 to 100"),
        ({"built_in": True, "audiences": ["a b"]}, "is not an audience"),
        ({"built_in": True, "accounts": []}, "one account at least"),
        ({"built_in": True, "claims": [""]}, "is not the name of a claim"),
        ({"built_in": True, "name": "a/b"}, "is not a name"),
    ],
)
def test_a_provider_that_cannot_work_is_refused(
    section: dict[str, Any], told: str, tmp_path: Path
) -> None:
    [error] = errors({URL: section}, tmp_path)
    assert error.startswith(f'oidc_providers."{URL}"')
    assert told in error


def test_two_built_in_issuers_need_two_names() -> None:
    found = errors({URL: {"built_in": True}, f"{URL}/": {"built_in": True}})
    assert len(found) == 1
    assert "give one of the issuers a name:" in found[0]
    world({URL: {"built_in": True}, f"{URL}/": {"built_in": True, "name": "other"}})


@pytest.mark.parametrize("keys", [KEYS, json.dumps({"keys": [jwk(OTHER_RSA, None), jwk(EC, "2")]})])
def test_a_key_set_may_stand_in_a_file(keys: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(keys)
    configuration = parse_config(
        {"oidc_providers": {URL: {"jwks_file": "keys.json"}}}, directory=tmp_path
    )
    assert json.loads(configuration.oidc_providers[URL].jwks_file or "") == json.loads(keys)
    (tmp_path / "keys.json").write_bytes(b"\xff")
    [error] = errors({URL: {"jwks_file": "keys.json"}}, tmp_path)
    assert "holds no text" in error


def test_a_trust_policy_that_names_no_provider_of_the_file_draws_a_warning() -> None:
    arn = "arn:aws:iam::111122223333:oidc-provider/idp.example.com/realm"
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": [arn, "accounts.google.com"]},
            "Action": "sts:AssumeRoleWithWebIdentity",
        },
    }
    roles = {"ci": {"trust": trust}}
    [warning] = parse_config({"roles": roles}).warnings
    assert f"nobody here can be {arn}: the file has no such provider" in str(warning)
    declared = {URL: {"built_in": True}}
    assert parse_config({"roles": roles, "oidc_providers": declared}).warnings == ()


def test_the_issuer_of_an_account_is_there_only_where_it_is_enabled() -> None:
    accounts = {
        "111122223333": {"outbound_web_identity_federation": True},
        "444455556666": {"sts_active": False},
    }
    found = world({}, accounts=accounts).directory.accounts
    first, second = found["111122223333"], found["444455556666"]
    assert str(first.outbound_issuer).endswith(".tokens.sts.global.api.aws")
    assert (second.outbound_issuer, second.sts_is_active) == (None, False)
    assert world({}, accounts=accounts).directory.accounts == found
