"""The Kubernetes samples: manifests that fit its schema, configurations that load."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from imds_sim.config.load import parse_config

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "configs/kubernetes"
SCHEMA = json.loads((ROOT / "tests/data/kubernetes/v1.33.0.json").read_text())
DEFINITIONS = {
    "Deployment": "io.k8s.api.apps.v1.Deployment",
    "DaemonSet": "io.k8s.api.apps.v1.DaemonSet",
    "Service": "io.k8s.api.core.v1.Service",
}
FOLDERS = ("sidecar", "daemonset", "service")


def document(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text()))


def resources(folder: str) -> list[dict[str, Any]]:
    listed = document(SAMPLES / folder / "kustomization.yaml")["resources"]
    return [document(SAMPLES / folder / name) for name in listed]


def problems(manifest: dict[str, Any]) -> list[str]:
    reference = {"$ref": f"#/definitions/{DEFINITIONS[manifest['kind']]}"}
    return [each.message for each in Draft7Validator({**SCHEMA, **reference}).iter_errors(manifest)]


def pod(folder: str) -> dict[str, Any]:
    return dict(resources(folder)[0]["spec"]["template"]["spec"])


def simulator(folder: str) -> dict[str, Any]:
    containers = [*pod(folder).get("initContainers", []), *pod(folder)["containers"]]
    return dict(next(each for each in containers if each["name"] == "imds-sim"))


def test_every_file_is_one_of_these() -> None:
    found = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file()}
    listed = {
        f"{folder}/{name}"
        for folder in FOLDERS
        for name in (
            *document(SAMPLES / folder / "kustomization.yaml")["resources"],
            *("kustomization.yaml", "imds-sim.yaml"),
        )
    }
    assert found == listed


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_manifest_fits_the_schema_of_kubernetes(folder: str) -> None:
    assert [problems(each) for each in resources(folder)] == [[] for _ in resources(folder)]


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    manifest = resources("service")[0]
    manifest["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    assert problems(manifest)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_configuration_loads_with_the_key_of_the_secret(folder: str, tmp_path: Path) -> None:
    key = tmp_path / "state.key"
    key.write_text("0f" * 32)
    text = (SAMPLES / folder / "imds-sim.yaml").read_text()
    mounted = "/etc/imds-sim/key/state.key"
    assert mounted in text
    configuration = parse_config(text.replace(mounted, str(key)))
    assert configuration.hop_limit.mode == "off"
    assert [str(each) for each in configuration.probes] == ["0.0.0.0:9102"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_container_may_do_nothing_that_it_does_not_need(folder: str) -> None:
    assert simulator(folder)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod(folder)["securityContext"]["runAsUser"] == 65532
    assert pod(folder)["securityContext"]["runAsNonRoot"] is True
    assert simulator(folder)["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "probes"}
    assert simulator(folder)["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "probes"}


def test_the_sidecar_starts_before_the_application() -> None:
    assert pod("sidecar")["initContainers"][0]["restartPolicy"] == "Always"
