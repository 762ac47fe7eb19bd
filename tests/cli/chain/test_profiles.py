from pathlib import Path

import pytest

from imds_sim.cli.chain.profiles import Profile, profile_with_credentials

KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = hush\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".aws").mkdir()
    return tmp_path


def write(home: Path, name: str, text: str) -> None:
    (home / ".aws" / name).write_text(text)


@pytest.mark.parametrize(
    ("file", "text", "profile", "found"),
    [
        pytest.param("credentials", f"[default]\n{KEYS}", None, "default", id="default keys"),
        pytest.param("credentials", f"[prod]\n{KEYS}", None, None, id="keys of another profile"),
        pytest.param("credentials", f"[prod]\n{KEYS}", "prod", "prod", id="the profile named"),
        pytest.param("credentials", f"[DEFAULT]\n{KEYS}", None, None, id="names keep their case"),
        pytest.param("config", f"[profile prod]\n{KEYS}", "prod", "prod", id="in the config"),
        pytest.param("config", f"[prod]\n{KEYS}", "prod", None, id="without the word profile"),
        pytest.param("config", "[default]\nregion = eu-west-1\n", None, None, id="no credentials"),
        pytest.param(
            "config", "[default]\ncredential_process = x\n", None, "default", id="process"
        ),
        pytest.param(
            "config", "[default]\nsso_session = x\n", None, "default", id="single sign-on"
        ),
        pytest.param("credentials", "no file of this kind", None, None, id="malformed"),
    ],
)
def test_the_profile_that_an_sdk_would_take(
    home: Path, file: str, text: str, profile: str | None, found: str | None
) -> None:
    write(home, file, text)
    environ = {"HOME": str(home)} | ({"AWS_PROFILE": profile} if profile else {})
    told = profile_with_credentials(environ)
    assert told == (Profile(f"~/.aws/{file}", found) if found else None)


@pytest.mark.parametrize("variable", ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"])
def test_a_variable_names_another_file(home: Path, variable: str) -> None:
    write(home, "mine", f"[default]\n{KEYS}")
    environ = {"HOME": str(home), variable: str(home / ".aws" / "mine")}
    assert profile_with_credentials(environ) == Profile(environ[variable], "default")
    assert profile_with_credentials({**environ, variable: "/dev/null"}) is None


def test_keys_of_the_environment_come_before_every_file(home: Path) -> None:
    write(home, "credentials", f"[default]\n{KEYS}")
    assert profile_with_credentials({"HOME": str(home), "AWS_ACCESS_KEY_ID": "AKIA"}) is None
