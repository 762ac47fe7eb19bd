"""buildah and podman where no container engine runs, in namespaces away from the machine's own.

Source: containers.conf(5), containers-storage.conf(5), podman-run(1). What it takes where limits
cannot be raised and /sys/fs/cgroup is not version 2 alone was found by trying.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.namespaces import Namespace, with_mounts

# Whoever looks for the machine's own cgroups, networks or containers finds none.
_ALONE = (
    "{ umount -R /sys/fs/cgroup 2>/dev/null || true; }",
    "mount -t cgroup2 none /sys/fs/cgroup",
    "mount -t tmpfs none /run",
    "mkdir /run/lock /run/netns",
)
_CONTAINERS = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime = "crun"
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""
_STORAGE = """\
[storage]
driver = "{driver}"
graphroot = "{folder}/{driver}"
runroot = "/run/containers"
"""


def missing() -> str | None:
    """Why no container can be run here, or None."""
    if os.geteuid() != 0:
        return "an image is built and run as root"
    for tool in ("debootstrap", "buildah", "podman", "crun", "iptables", "unshare", "nsenter"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    return None


@dataclass(frozen=True, slots=True)
class Engine:
    """Images and containers of one folder, in a namespace with loopback and their bridges alone."""

    namespace: Namespace
    folder: Path

    def buildah(self, *argv: str) -> str:
        """Run buildah; what it printed."""
        return self._run(["buildah", *argv]).stdout

    def podman(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run podman."""
        return self._run(["podman", *argv], check)

    def started(self, *argv: str) -> "subprocess.Popen[str]":
        """Start podman and go on, with pipes for standard input and output."""
        return subprocess.Popen(
            self.namespace.command("podman", *argv),
            env=self._environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def has(self, image: str) -> bool:
        """Whether the image is there."""
        return self.podman("image", "exists", image, check=False).returncode == 0

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
        }

    def _run(self, argv: list[str], check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.namespace.command(*argv),
            env=self._environment, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(f"{argv} ended {done.returncode}: {done.stdout}{done.stderr}")
        return done


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    """An engine whose storage is in `folder`; at the end no container is left."""
    folder.mkdir(parents=True, exist_ok=True)
    driver = "overlay" if _overlays(folder) else "vfs"  # which copies the image for each container
    for name, text in (("containers.conf", _CONTAINERS), ("storage.conf", _STORAGE)):
        (folder / name).write_text(text.format(folder=folder, driver=driver))
    with with_mounts(*_ALONE) as alone:
        made = Engine(alone, folder)
        try:
            yield made
        finally:
            made.podman("rm", "--all", "--force", "--time", "0", check=False)


def _overlays(folder: Path) -> bool:
    """Whether the file system of `folder` can be under an overlay."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        for name in ("lower", "upper", "work", "merged"):
            Path(place, name).mkdir()
        options = f"lowerdir={place}/lower,upperdir={place}/upper,workdir={place}/work"
        mount = ("mount", "-t", "overlay", "overlay", "-o", options, f"{place}/merged")
        return subprocess.run(["unshare", "-m", *mount], capture_output=True).returncode == 0
