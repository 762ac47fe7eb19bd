from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jwt
import pytest

from imds_sim.iam.directory import Directory
from tests.admin_backend import fake_backend
from tests.admin_stub import StubDaemon, admin_stub
from tests.cli.conftest import Invoke
from tests.sts.federation.tokens import provider
from tests.worlds import world_of


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubDaemon]:
    directory = Directory.of((), oidc_providers=[provider(key_set=None)])
    with admin_stub(fake_backend(replace(world_of(), directory=directory)), tmp_path) as running:
        monkeypatch.setenv("IMDS_SIM_ADMIN", running.address)
        yield running


def test_the_token_is_all_that_is_printed(daemon: StubDaemon, invoke: Invoke) -> None:
    told = invoke(
        "oidc-token", "--issuer", "realm", "--claim", "sub=a=b", "--claim", "admin:=true",
        "--claim", "jti:=null", "--claim", "https://aws.amazon.com/source_identity=jane",
        "--audience", "us", "--lifetime", "15m",
    )  # fmt: skip
    assert told.exit_code == 0
    claims = jwt.decode(told.stdout.strip(), options={"verify_signature": False})
    assert claims.pop("exp") - claims.pop("iat") == 900
    assert claims == {
        "iss": "https://idp.example.com/realm",
        "sub": "a=b",
        "aud": "us",
        "admin": True,
        "https://aws.amazon.com/source_identity": "jane",
    }


def test_a_shape_and_several_audiences(daemon: StubDaemon, invoke: Invoke) -> None:
    told = invoke(
        "oidc-token", "--issuer", "realm", "--shape", "gitlab", "--audience", "a", "--audience", "b"
    )
    claims = jwt.decode(told.stdout.strip(), options={"verify_signature": False})
    assert claims["aud"] == ["a", "b"]
    assert claims["sub"] == "project_path:my-group/my-project:ref_type:branch:ref:main"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--issuer", "other"), "no built-in issuer 'other'"),
        (("--issuer", "realm", "--claim", "sub"), "write it like sub=jane"),
        (("--issuer", "realm", "--claim", "=x"), "write it like sub=jane"),
        (("--issuer", "realm", "--claim", ":=1"), "write it like sub=jane"),
        (("--issuer", "realm", "--claim", "a:={"), "must be JSON"),
        (("--issuer", "realm", "--lifetime", "long"), "is not a duration"),
        (("--issuer", "realm", "--lifetime", "0s"), "lifetime_seconds"),
        (("--issuer", "realm", "--shape", "jenkins"), "jenkins"),
        ((), "--issuer"),
    ],
)
def test_wrong_usage_is_told(
    daemon: StubDaemon, invoke: Invoke, arguments: tuple[str, ...], told: str
) -> None:
    result = invoke("oidc-token", *arguments)
    assert result.exit_code == 2
    assert told in result.output
