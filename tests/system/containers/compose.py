"""A compose file, run by podman: what the file says decides every flag.

Source: the Compose Specification; podman-run(1). A key that is not known here is an error, so that
no file says what its test does not try.
"""

import json
import shlex
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.system.containers.engine import Engine
from tests.system.containers.image import CONTAINERFILE
from tests.system.machine import CHECKOUT

SAMPLES = CHECKOUT / "configs/container"
USER = 65532
SECONDS = 60  # for a service to become healthy; more than its file gives a machine of its own


@dataclass(frozen=True, slots=True)
class Composed:
    """A compose file in a folder of its own, beside the state key that its first lines ask for."""

    engine: Engine
    name: str
    folder: Path
    services: dict[str, Any]
    secrets: dict[str, Any]
    started: list[str] = field(default_factory=list)  # in order, each once

    def up(self, name: str) -> None:
        """Start a service as the file says, after what it depends on."""
        service = self._after_its_dependencies(name)
        command = service.get("command", [])
        self.started.append(name)
        self.engine.podman("run", "--detach", *self.flags(name), service["image"], *command)

    def argv(self, name: str, image: str, *command: str, extra: tuple[str, ...] = ()) -> list[str]:
        """How podman runs `command` of another image in the place of this service."""
        self._after_its_dependencies(name)
        return ["run", "--rm", *self.flags(name), *extra, image, *command]

    def logs(self, name: str) -> str:
        """What the service wrote to its standard error."""
        return self.engine.podman("logs", name).stderr

    def flags(self, name: str) -> list[str]:
        """What podman is told of the service."""
        service = self.services[name]
        told = ["--name", name, "--pull=never", "--cgroups=disabled"]
        if "network_mode" not in service:
            told += self._attached({"networks": ["default"], **service}["networks"], name)
        for key, value in service.items():
            told += _FLAGS[key](self, value)
        return told

    def network(self, name: str) -> str:
        """The name of a network; podman has a `default` of its own."""
        return f"{self.name}_{name}"

    def _attached(self, networks: list[str] | dict[str, Any], service: str) -> list[str]:
        if isinstance(networks, list):
            return [f"--network={self.network(each)}:alias={service}" for each in networks]
        assert all(set(settings) == {"ipv4_address"} for settings in networks.values())
        return [
            f"--network={self.network(each)}:ip={settings['ipv4_address']}"
            for each, settings in networks.items()
        ]

    def _after_its_dependencies(self, name: str) -> dict[str, Any]:
        service: dict[str, Any] = self.services[name]
        for other, waiting in service.get("depends_on", {}).items():
            if other not in self.started:
                self.up(other)
            _CONDITIONS[waiting["condition"]](self.engine, other)
        return service


@contextmanager
def composed(engine: Engine, name: str, folder: Path) -> Iterator[Composed]:
    """A compose file of the samples with its networks; at the end all it started is gone."""
    shutil.copytree(SAMPLES, folder)
    key = folder / "state.key"
    key.write_text("0f" * 32)
    key.chmod(0o400)
    shutil.chown(key, USER)
    document = yaml.safe_load((folder / f"{name}.yaml").read_text())
    networks = {"default": {}, **document.pop("networks", {})}
    made = Composed(engine, name, folder, document.pop("services"), document.pop("secrets"))
    assert document == {}
    try:
        for network, settings in networks.items():
            engine.podman("network", "create", *_network_flags(settings), made.network(network))
        yield made
    finally:
        for service in reversed(made.started):
            engine.podman("rm", "--force", "--time", "0", service, check=False)
        engine.podman("network", "prune", "--force", check=False)


def _network_flags(settings: Mapping[str, Any]) -> list[str]:
    assert set(settings) <= {"internal", "ipam"}
    told = ["--internal"] if settings.get("internal") else []
    for each in settings.get("ipam", {}).get("config", []):
        told += [f"--{key}={value}" for key, value in each.items()]
    return told


def _each(flag: str) -> Callable[[Composed, list[str]], list[str]]:
    return lambda _, values: [f"--{flag}={value}" for value in values]


def _pairs(flag: str) -> Callable[[Composed, dict[str, str]], list[str]]:
    return lambda _, values: [f"--{flag}={name}={value}" for name, value in values.items()]


def _told_elsewhere(_: Composed, __: object) -> list[str]:
    return []


def _built(_: Composed, build: dict[str, str]) -> list[str]:
    assert (SAMPLES / build["context"] / build["dockerfile"]).resolve() == CONTAINERFILE
    return []


def _volumes(composed: Composed, volumes: list[str]) -> list[str]:
    assert all(each.startswith("./") for each in volumes)
    return [f"--volume={composed.folder}/{each.removeprefix('./')}" for each in volumes]


def _secrets(composed: Composed, names: list[str]) -> list[str]:
    files = {name: composed.folder / composed.secrets[name]["file"] for name in names}
    return [f"--volume={file}:/run/secrets/{name}:ro" for name, file in files.items()]


def _health(_: Composed, check: dict[str, Any]) -> list[str]:
    if check == {"disable": True}:
        return ["--no-healthcheck"]
    assert set(check) == {"test", "interval", "timeout", "retries"}
    assert check["test"][0] == "CMD"
    # systemd is what runs podman's checks in time; here the test asks.
    return [f"--health-cmd={shlex.join(check['test'][1:])}", "--health-interval=disable"]


_FLAGS: dict[str, Callable[[Composed, Any], list[str]]] = {
    "build": _built,
    "cap_add": _each("cap-add"),
    "cap_drop": _each("cap-drop"),
    "command": _told_elsewhere,
    "depends_on": _told_elsewhere,
    "entrypoint": lambda _, argv: [f"--entrypoint={json.dumps(argv)}"],
    "environment": _pairs("env"),
    "healthcheck": _health,
    "image": _told_elsewhere,
    "network_mode": lambda _, mode: [f"--network=container:{mode.removeprefix('service:')}"],
    "networks": _told_elsewhere,
    "read_only": lambda _, only: ["--read-only", "--read-only-tmpfs=false"] if only else [],
    "secrets": _secrets,
    "security_opt": _each("security-opt"),
    "stop_signal": lambda _, signal: [f"--stop-signal={signal}"],
    "sysctls": _pairs("sysctl"),
    "tmpfs": _each("tmpfs"),
    "user": lambda _, user: [f"--user={user}"],
    "volumes": _volumes,
}


def _ended_well(engine: Engine, service: str) -> None:
    status = engine.podman("wait", service).stdout.strip()
    assert status == "0", engine.podman("logs", service).stderr


def _healthy(engine: Engine, service: str) -> None:
    pause = threading.Event()
    for _ in range(SECONDS * 2):
        status = engine.podman("healthcheck", "run", service, check=False).returncode
        if status == 0:
            return
        if status != 1:  # it has ended
            break
        pause.wait(0.5)
    logged = engine.podman("logs", service)
    raise AssertionError(f"{service} is not healthy: {logged.stdout}{logged.stderr}")


_CONDITIONS: dict[str, Callable[[Engine, str], None]] = {
    "service_started": lambda _, __: None,
    "service_completed_successfully": _ended_well,
    "service_healthy": _healthy,
}
