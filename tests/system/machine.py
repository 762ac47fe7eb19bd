"""A Debian machine that boots a real systemd, in a container on a network of its own.

Source: systemd-nspawn(1); what it takes on a host that systemd does not run itself was found by
trying: no registration, no unit, a network namespace made beforehand, CAP_NET_ADMIN.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

SUITE = "bookworm"
PYTHON = "3.11"  # of that suite
PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "python3-minimal", "python3-venv", "iproute2", "curl",
    "procps", "libnss-systemd",
)  # fmt: skip
CHECKOUT = Path(__file__).parent.parent.parent
BOOT_SECONDS = 120
DMI = Path("/sys/class/dmi")  # where the firmware says which cloud the host belongs to


def missing() -> str | None:
    """Why no machine can be booted here, or None."""
    if os.geteuid() != 0:
        return "booting a machine takes root"
    for tool in ("debootstrap", "systemd-nspawn", "ip", "nsenter"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    return None


def built(folder: Path) -> Path:
    """A tree with this checkout's wheel and boto3 in /opt/imds-sim; Debian is fetched once."""
    root = folder / "machine"
    wheels = root / "wheels"
    if not (folder / "machine.done").exists():
        done(
            "debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(root)
        )
        done("chroot", str(root), "python3", "-m", "venv", "/opt/imds-sim")
        (folder / "machine.done").touch()
    for old in wheels.glob("imds_sim-*.whl"):
        old.unlink()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    done(*pip, "wheel", "-q", "--no-deps", "-w", str(wheels), str(CHECKOUT))
    [ours] = wheels.glob("imds_sim-*.whl")
    done(
        *pip, "download", "-q", "--only-binary=:all:", f"--python-version={PYTHON}",
        "-d", str(wheels), str(ours), "boto3",
    )  # fmt: skip
    install = ("/opt/imds-sim/bin/pip", "install", "-q", "--no-index", "--find-links=/wheels")
    done("chroot", str(root), *install, "imds-sim", "boto3")
    done("chroot", str(root), *install, "--force-reinstall", "--no-deps", "imds-sim")
    return root


@dataclass(frozen=True, slots=True)
class Machine:
    """A booted machine; commands run as its root."""

    init: int
    root: Path

    def run(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in it."""
        root = f"/proc/{self.init}/root"
        done = subprocess.run(
            ["nsenter", "-t", str(self.init), "-m", "-u", "-i", "-n", "-p", "-C",
             f"--root={root}", "--wd=/", "env", "-i", "PATH=/usr/sbin:/usr/bin:/opt/imds-sim/bin",
             *argv],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(f"{argv} ended {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()


@contextmanager
def layered(root: Path) -> Iterator[Path]:
    """The tree under a layer that keeps what is written from one boot to the next."""
    with TemporaryDirectory(dir=root.parent) as folder:
        upper, work, merged = (Path(folder, each) for each in ("upper", "work", "merged"))
        for each in (upper, work, merged):
            each.mkdir()
        layers = f"lowerdir={root},upperdir={upper},workdir={work}"
        done("mount", "-t", "overlay", "overlay", "-o", layers, str(merged))
        try:
            yield merged
        finally:
            done("umount", str(merged))


@contextmanager
def booted(root: Path, name: str, volatile: bool = True) -> Iterator[Machine]:
    """Boot the tree as machine `name` with loopback alone, until it says that it runs.

    Unless `volatile`, what is written there stays.
    """
    done("ip", "netns", "add", name)
    process = None
    try:
        done("ip", "-n", name, "link", "set", "lo", "up")
        options = [f"--inaccessible={DMI}"] if DMI.exists() else []
        options += ["--volatile=overlay"] if volatile else []
        log = root.parent / f"{name}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                ["systemd-nspawn", "--quiet", *options, "--register=no", "--keep-unit",
                 f"--network-namespace-path=/run/netns/{name}", "--capability=CAP_NET_ADMIN",
                 "-D", str(root), "-M", name, "-b"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        machine = Machine(_init_of(process), root)
        _until_running(machine, log)
        yield machine
        machine.run("systemctl", "poweroff", check=False)
        process.wait(timeout=60)
    finally:
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait(timeout=30)
        subprocess.run(["ip", "netns", "del", name], check=False)


def _init_of(process: "subprocess.Popen[bytes]") -> int:
    """The first process of the container, once it is there; another child prepares its mounts."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pause = threading.Event()
    for _ in range(BOOT_SECONDS * 20):
        assert process.poll() is None, "the container ended while it booted"
        found = [int(each) for each in children.read_text().split() if _is_first_of_its_own(each)]
        if found:
            return found[0]
        pause.wait(0.05)
    raise AssertionError("the container has no first process")


def _is_first_of_its_own(process: str) -> bool:
    """Whether a process is the first one of a process namespace within ours."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:  # it is gone
        return False
    return status.partition("\nNSpid:")[2].partition("\n")[0].split()[1:] == ["1"]


def _until_running(machine: Machine, log: Path) -> None:
    pause = threading.Event()
    state = ""
    for _ in range(BOOT_SECONDS * 2):
        state = machine.run("systemctl", "is-system-running", check=False).stdout.strip()
        if state in ("running", "degraded"):
            break
        pause.wait(0.5)
    failed = machine.run("systemctl", "--failed", "--no-legend", check=False).stdout
    assert state == "running", f"the machine is {state}: {failed}{log.read_text()[-2000:]}"


def done(*argv: str) -> None:
    """Run a command of this machine; it must end well."""
    ended = subprocess.run(argv, capture_output=True, text=True)
    assert ended.returncode == 0, f"{argv} ended {ended.returncode}: {ended.stdout}{ended.stderr}"


def prepare(folder: Path) -> str | None:
    """Fetch and build the tree in `folder`; why that is not possible here, or None."""
    if (reason := missing()) is not None:
        return reason
    try:
        with booted(built(folder), "imds-sim-probe"):
            return None
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return str(error).partition("\n")[0][:300]


if __name__ == "__main__":  # for CI: status 1 and the reason where nothing boots
    found = prepare(Path(sys.argv[1]))
    sys.exit(f"no machine boots here: {found}" if found else 0)
