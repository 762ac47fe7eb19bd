"""The container samples: compose files that fit the specification, configurations that load."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from imds_sim.config.load import parse_config

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "configs/container"
SCHEMA = json.loads((ROOT / "tests/data/compose/compose-spec.json").read_text())
NAMES = ("fixed-address", "sidecar", "environment")
KEY = "/run/secrets/state.key"
every = pytest.mark.parametrize("name", NAMES)


def compose(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((SAMPLES / f"{name}.yaml").read_text()))


def problems(document: dict[str, Any]) -> list[str]:
    return [each.message for each in Draft202012Validator(SCHEMA).iter_errors(document)]


def test_every_file_is_one_of_these() -> None:
    found = {path.name for path in SAMPLES.iterdir() if path.name != "state.key"}
    listed = {f"{name}{end}" for name in NAMES for end in (".yaml", ".imds-sim.yaml")}
    assert found == listed | {"Containerfile", "imds-sim.yaml"}


@every
def test_a_compose_file_fits_the_specification(name: str) -> None:
    assert problems(compose(name)) == []


def test_a_key_that_compose_does_not_know_is_found() -> None:
    document = compose("sidecar")
    document["services"]["app"]["network"] = "service:pod"
    assert problems(document)


@pytest.mark.parametrize("name", [*NAMES, "imds-sim"])
def test_the_configuration_loads_with_the_key_of_the_secret(name: str, tmp_path: Path) -> None:
    key = tmp_path / "state.key"
    key.write_text("0f" * 32)
    key.chmod(0o400)
    text = (SAMPLES / (f"{name}.imds-sim.yaml" if name in NAMES else f"{name}.yaml")).read_text()
    assert (KEY in text) is (name in NAMES)
    configuration = parse_config(text.replace(KEY, str(key)))
    assert configuration.hop_limit.mode == "off"
    assert configuration.instances


@every
def test_the_daemon_may_do_nothing_and_starts_with_the_files_beside_it(name: str) -> None:
    document = compose(name)
    service = document["services"]["imds-sim"]
    assert service["user"] == "65532:65532"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"] == ["CMD", "imds-sim", "health"]
    assert service["volumes"] == [f"./{name}.imds-sim.yaml:/etc/imds-sim/config.yaml:ro"]
    assert service["secrets"] == ["state.key"]
    assert document["secrets"] == {"state.key": {"file": "./state.key"}}


@every
def test_no_other_service_of_ours_may_do_more_than_put_addresses(name: str) -> None:
    added = {
        other: service["cap_add"]
        for other, service in compose(name)["services"].items()
        if "cap_add" in service
    }
    assert added == ({"addresses": ["NET_ADMIN"]} if name == "sidecar" else {})


@every
def test_the_application_waits_until_the_daemon_is_healthy(name: str) -> None:
    waits = compose(name)["services"]["app"]["depends_on"]
    assert waits == {"imds-sim": {"condition": "service_healthy"}}


@every
def test_the_endpoints_that_the_application_is_told_are_listened_on(name: str) -> None:
    text = (SAMPLES / f"{name}.imds-sim.yaml").read_text()
    told = compose(name)["services"]["app"]["environment"]
    urls = [value for value in told.values() if value.startswith("http://")]
    assert urls
    for url in urls:
        host, port = url.removeprefix("http://").split(":")
        assert f'"{"0.0.0.0" if host == "imds-sim" else host}:{port}"' in text


@every
def test_the_fixed_addresses_are_those_of_the_configuration(name: str) -> None:
    networks = compose(name)["services"]["imds-sim"].get("networks", {})
    fixed = [each["ipv4_address"] for each in networks.values()] if name == "fixed-address" else []
    text = (SAMPLES / f"{name}.imds-sim.yaml").read_text()
    assert len(fixed) == (2 if name == "fixed-address" else 0)
    assert all(f'"{address}:80"' in text for address in fixed)


def test_the_image_runs_as_nobody_and_serves_the_file_that_it_brings() -> None:
    lines = (SAMPLES / "Containerfile").read_text().splitlines()
    assert "USER 65532:65532" in lines
    assert "STOPSIGNAL SIGTERM" in lines
    assert "COPY configs/container/imds-sim.yaml /etc/imds-sim/config.yaml" in lines
    assert 'CMD ["serve", "--config", "/etc/imds-sim/config.yaml"]' in lines


def test_what_the_build_copies_is_not_kept_from_it() -> None:
    """`.dockerignore` lists what the build may see; all else stays out of the context."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (SAMPLES / "Containerfile").read_text(), re.M)
    files = {each for line in copied for each in line.split()}
    seen = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert files == seen
    assert all((ROOT / each).exists() for each in files)


def test_the_image_is_built_of_all_that_the_wheel_is_made_of() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    parts = ["imds_sim", *wheel["targets"]["wheel"]["force-include"]]
    copied = re.findall(r"^COPY (.+) \S+$", (SAMPLES / "Containerfile").read_text(), re.MULTILINE)
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    assert [each for each in parts if each not in copied] == []
    assert [each for each in parts if f"!{each}" not in let_in] == []
