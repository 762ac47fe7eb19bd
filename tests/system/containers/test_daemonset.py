"""The DaemonSet of the samples on a node of our own: its containers, run as the manifest says."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.system.containers.engine import Engine
from tests.system.containers.image import IMAGE, base
from tests.system.machine import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.boot]

SAMPLES = CHECKOUT / "configs/kubernetes/daemonset"
POD = yaml.safe_load((SAMPLES / "daemonset.yaml").read_text())["spec"]["template"]["spec"]
[ADDRESSES], [SIMULATOR] = POD["initContainers"], POD["containers"]
WHOAMI = """
import boto3
print(boto3.client("sts").get_caller_identity()["Arn"])
"""
STS = ("AWS_ENDPOINT_URL_STS=http://169.254.169.254:1339", "AWS_DEFAULT_REGION=us-east-1")


def flags(container: dict[str, Any], volumes: Path) -> list[str]:
    """What podman is told of a container of the pod; its volumes are folders of these names."""
    security, user = container["securityContext"], POD["securityContext"]
    assert POD["hostNetwork"] is True
    assert security["readOnlyRootFilesystem"] is True
    assert security["allowPrivilegeEscalation"] is False
    told = ["--name", container["name"], "--pull=never", "--cgroups=disabled", "--network=host"]
    told += ["--read-only", "--read-only-tmpfs=false", "--security-opt=no-new-privileges"]
    told += [f"--user={user['runAsUser']}:{user['runAsGroup']}"]
    told += [f"--cap-drop={each}" for each in security["capabilities"]["drop"]]
    told += [f"--cap-add={each}" for each in security["capabilities"]["add"]]
    told += [f"--env={each['name']}={each['value']}" for each in container.get("env", [])]
    for mount in container.get("volumeMounts", []):
        way = ":ro" if mount.get("readOnly") else ""
        told += [f"--volume={volumes / mount['name']}:{mount['mountPath']}{way}"]
    return [*told, "--no-healthcheck", IMAGE, *container["args"]]


@pytest.fixture(scope="module")
def volumes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("volumes")
    for name in ("config", "key", "run"):
        (folder / name).mkdir()
    shutil.copy(SAMPLES / "imds-sim.yaml", folder / "config")
    (folder / "key/state.key").write_text("0f" * 32)
    (folder / "key/state.key").chmod(0o400)
    return folder


@pytest.fixture(scope="module")
def node(containers: Engine, volumes: Path) -> Iterator[Engine]:
    """The engine's own namespace, once the pod is ready on it."""
    not_a_cloud = "--security-opt=mask=/sys/class/dmi/id"  # whatever this machine is
    containers.podman("run", "--rm", not_a_cloud, *flags(ADDRESSES, volumes))
    try:
        containers.podman("run", "--detach", *flags(SIMULATOR, volumes))
        containers.podman("exec", SIMULATOR["name"], "imds-sim", "wait")
        yield containers
    finally:
        containers.podman("rm", "--force", "--time=0", SIMULATOR["name"], check=False)
        away = ("ip", "address", "del", f"{ADDRESSES['args'][-1]}/32", "dev", "lo")
        subprocess.run(containers.namespace.command(*away), check=True)


def test_a_pod_behind_the_bridge_of_the_node_is_its_instance(node: Engine, debian: Path) -> None:
    variables = [f"--env={each}" for each in STS]
    pod = ("run", "--rm", "--pull=never", "--cgroups=disabled", "--network=podman", *variables)
    boto3 = f"--volume={debian}/opt/imds-sim:/opt/imds-sim:ro"
    arn = node.podman(*pod, boto3, base(), "/opt/imds-sim/bin/python", "-c", WHOAMI).stdout
    assert ":assumed-role/app/i-" in arn
    journal = node.podman("exec", SIMULATOR["name"], "imds-sim", "journal", "--json").stdout
    asked = [json.loads(line) for line in journal.splitlines()]
    assert "/latest/api/token" in [each["path"] for each in asked]
    assert not [each for each in asked if each["client"].startswith(("127.", "169.254."))]


def test_kubelet_finds_the_probes_on_the_node(node: Engine) -> None:
    port = next(each["containerPort"] for each in SIMULATOR["ports"] if each["name"] == "probes")
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        get = SIMULATOR[name]["httpGet"]
        url = f"http://{get['host']}:{port}{get['path']}"
        ask = f"import urllib.request; print(urllib.request.urlopen({url!r}).status)"
        asked = node.namespace.command(sys.executable, "-c", ask)
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=60)
        assert (answer.stdout, answer.stderr) == ("200\n", "")


def test_it_has_one_capability(node: Engine) -> None:
    status = node.podman("exec", SIMULATOR["name"], "cat", "/proc/1/status").stdout
    lines = dict(line.split(":\t", 1) for line in status.splitlines())
    net_bind_service = 1 << 10
    assert {int(lines[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")} == {net_bind_service}
