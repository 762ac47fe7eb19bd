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
    "NetworkPolicy": "io.k8s.api.networking.v1.NetworkPolicy",
}
FOLDERS = ("sidecar", "daemonset", "service")
KEY = "/etc/imds-sim/key/state.key"


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


def ports(folder: str) -> dict[str, int]:
    return {each["name"]: each["containerPort"] for each in simulator(folder)["ports"]}


def mountpoint(mounts: dict[str, str], volume: str) -> str:
    [found] = [path for path, name in mounts.items() if name == volume]
    return found


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
    assert KEY in text
    configuration = parse_config(text.replace(KEY, str(key)))
    assert configuration.hop_limit.mode == "off"
    [probes] = configuration.probes
    asked = simulator(folder)["startupProbe"]["httpGet"].get("host", "0.0.0.0")
    assert str(probes) == f"{asked}:{ports(folder)['probes']}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_the_kustomization_makes_is_what_the_pod_mounts(folder: str) -> None:
    """The names are the same, else kustomize would not put its hashes into them."""
    kustomization = document(SAMPLES / folder / "kustomization.yaml")
    [settings], [secret] = kustomization["configMapGenerator"], kustomization["secretGenerator"]
    volumes = {each["name"]: each for each in pod(folder)["volumes"]}
    mounts = {each["mountPath"]: each["name"] for each in simulator(folder)["volumeMounts"]}
    assert volumes["config"]["configMap"] == {"name": settings["name"]}
    assert volumes["key"]["secret"]["secretName"] == secret["name"]
    assert volumes["key"]["secret"]["defaultMode"] & 0o007 == 0  # serve refuses a key for all
    assert settings["files"] == ["imds-sim.yaml"]
    assert secret["files"] == ["state.key"]  # which the first line of the file tells to make
    assert set(mounts.values()) == set(volumes)
    configuration = simulator(folder)["args"][simulator(folder)["args"].index("--config") + 1]
    assert configuration == f"{mountpoint(mounts, 'config')}/imds-sim.yaml"
    assert f"{mountpoint(mounts, 'key')}/state.key" == KEY
    [runtime] = [each for each in simulator(folder)["env"] if each["name"] == "RUNTIME_DIRECTORY"]
    assert runtime["value"] == mountpoint(mounts, "run")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_container_may_do_nothing_that_it_does_not_need(folder: str) -> None:
    port_80 = {"add": ["NET_BIND_SERVICE"]} if folder == "daemonset" else {}
    assert simulator(folder)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"], **port_80},
    }
    if folder != "daemonset":
        assert pod(folder)["securityContext"]["runAsUser"] == 65532
        assert pod(folder)["securityContext"]["runAsNonRoot"] is True


@pytest.mark.parametrize("folder", FOLDERS)
def test_probes_ask_a_port_of_their_own(folder: str) -> None:
    probes = {
        each: simulator(folder)[each]["httpGet"]
        for each in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert {each["port"] for each in probes.values()} == {"probes"}
    assert {name: each["path"] for name, each in probes.items()} == {
        "startupProbe": "/readyz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }


def test_the_daemonset_puts_its_address_on_the_node_before_it_binds_it() -> None:
    """Where it may be done: `addresses add` refuses on a cloud VM, and nothing tells it not to."""
    assert pod("daemonset")["hostNetwork"] is True
    [addresses] = pod("daemonset")["initContainers"]
    assert addresses["args"] == ["addresses", "add", "169.254.169.254"]
    assert addresses["securityContext"]["capabilities"] == {"drop": ["ALL"], "add": ["NET_ADMIN"]}
    text = (SAMPLES / "daemonset/imds-sim.yaml").read_text()
    assert 'listen: ["169.254.169.254:80"]' in text
    assert "allow_public_bind" not in text
    assert pod("daemonset")["tolerations"] == [{"operator": "Exists"}]


def test_a_service_leads_to_the_ports_of_its_pods() -> None:
    deployment, service, _ = resources("service")
    spec = service["spec"]
    assert spec["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    assert {each["targetPort"]: each["port"] for each in spec["ports"]}.items() <= (
        ports("service").items()
    )


def test_a_pod_that_goes_is_there_until_no_endpoint_leads_to_it_and_then_drains() -> None:
    """The endpoints are taken away while it sleeps; on SIGTERM the listeners close at once."""
    sleep = simulator("service")["lifecycle"]["preStop"]["sleep"]["seconds"]
    text = (SAMPLES / "service/imds-sim.yaml").read_text().replace(f"state_key_file: {KEY}", "")
    drain = parse_config(text).drain_timeout.total_seconds()
    assert sleep >= 5
    assert sleep + drain < pod("service")["terminationGracePeriodSeconds"]


def test_pods_of_the_namespace_may_connect_and_nobody_else() -> None:
    deployment, _, policy = resources("service")
    spec = policy["spec"]
    assert spec["podSelector"] == deployment["spec"]["selector"]
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert "egress" not in spec, "the daemon opens no connection"
    [rule] = spec["ingress"]
    assert rule["from"] == [{"podSelector": {}}]
    assert {each["port"] for each in rule["ports"]} == set(ports("service")) - {"probes"}


def test_the_sidecar_starts_before_the_application() -> None:
    assert pod("sidecar")["initContainers"][0]["restartPolicy"] == "Always"
