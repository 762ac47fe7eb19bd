import json
from pathlib import Path

import pytest

from imds_sim.cli.check import NOUNS
from imds_sim.config.schema.configuration import Configuration
from tests.cli.conftest import Invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sim.yaml"


def test_a_good_file_is_told_in_one_line(invoke: Invoke, file: Path) -> None:
    file.write_text("roles: {web: {}, api: {}}\ninstances: {web-1: {role: web}}\n")
    result = invoke("check", str(file))
    assert (result.exit_code, result.stdout) == (0, f"{file}: good: 2 roles, 1 instance\n")
    assert json.loads(invoke("check", "--json", str(file)).stdout) == {
        "ok": True,
        "errors": [],
        "warnings": [],
    }


def test_a_wrong_file_ends_with_78_and_every_error(invoke: Invoke, file: Path) -> None:
    file.write_text("rols: {}\nregion: 5\n")
    result = invoke("check", str(file))
    assert (result.exit_code, result.stdout) == (78, "")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{file}:1:1: rols: ")
    assert second.startswith(f"{file}:2:1: region: ")


def test_its_errors_are_had_as_json(invoke: Invoke, file: Path) -> None:
    file.write_text("rols: {}\n")
    result = invoke("check", "--json", str(file))
    assert result.exit_code == 78
    [error] = json.loads(result.stdout)["errors"]
    assert (error["line"], error["column"], error["key"]) == (1, 1, "rols")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_missing_file_ends_with_66(invoke: Invoke, file: Path, options: list[str]) -> None:
    assert invoke("check", *options, str(file)).exit_code == 66


def test_the_schema_is_json(invoke: Invoke) -> None:
    assert "instances" in json.loads(invoke("schema").stdout)["properties"]


def test_everything_that_a_file_holds_is_counted(invoke: Invoke) -> None:
    result = invoke("check", "configs/full.yaml")
    keys = {
        key
        for key, field in Configuration.model_fields.items()
        if field.default_factory is dict or key == "faults"
    }
    assert keys == set(NOUNS)
    for noun in ("pod", "endpoint", "OIDC provider", "SAML provider", "alarm", "fault", "weather"):
        assert noun in result.stdout


def test_more_than_one_policy_are_policies(invoke: Invoke, file: Path) -> None:
    statement = "{Effect: Allow, Action: 's3:*', Resource: '*'}"
    policy = f"{{Version: '2012-10-17', Statement: [{statement}]}}"
    file.write_text(f"managed_policies: {{a: {policy}, b: {policy}}}\n")
    assert "good: 2 managed policies\n" in invoke("check", str(file)).stdout
