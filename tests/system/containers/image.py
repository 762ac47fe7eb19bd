"""The image of `configs/container/Containerfile`, on a Debian of our own and without a network."""

import re
import subprocess
import sys
from pathlib import Path

from tests.system.containers.engine import Engine, engine, missing
from tests.system.machine import CHECKOUT, PYTHON, built, done

CONTAINERFILE = CHECKOUT / "configs/container/Containerfile"
IMAGE = "imds-sim:latest"


def base() -> str:
    """The image that the Containerfile starts from."""
    found = re.search(r"^ARG BASE=(\S+)$", CONTAINERFILE.read_text(), re.MULTILINE)
    assert found
    return found[1]


def import_base(made: Engine, tree: Path) -> None:
    """Give `tree`, which `tests.system.machine.built` made, the name of the base image."""
    if made.has(base()):
        return
    archive = made.folder / "base.tar"
    left_out = ("./opt/imds-sim", "./wheels", "./var/cache")
    done(
        "tar", "-C", str(tree), "--one-file-system", *(f"--exclude={each}" for each in left_out),
        "-cf", str(archive), ".",
    )  # fmt: skip
    made.podman("import", "--quiet", str(archive), base())
    archive.unlink()


def build(made: Engine, tree: Path) -> None:
    """Build the image as its file says; the wheels of `tree` stand for the package index."""
    import_base(made, tree)
    wheels = tree / "wheels"
    done(
        sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q",
        "--only-binary=:all:", f"--python-version={PYTHON}", "-d", str(wheels), "hatchling",
    )  # fmt: skip
    made.buildah(
        "build", "--isolation=chroot", "--format=docker", "--pull-never",
        f"--file={CONTAINERFILE}", f"--build-context=wheels={wheels}", "--build-arg=PIP_NO_INDEX=1",
        f"--tag={IMAGE}", str(CHECKOUT),
    )  # fmt: skip
    made.podman("image", "prune", "--force")


def prepare(folder: Path) -> str | None:
    """Fetch the base image, and try a container; why none runs here, or None."""
    if (reason := missing()) is not None:
        return reason
    try:
        tree = built(folder)
        with engine(folder / "containers") as made:
            import_base(made, tree)
            made.podman("network", "create", "--subnet=169.254.169.0/24", "probe")
            flags = ("--rm", "--pull=never", "--cgroups=disabled", "--network=probe")
            made.podman("run", *flags, "--ip=169.254.169.254", base(), "true")
            made.podman("network", "rm", "probe")
            return None
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return str(error).partition("\n")[0][:300]


if __name__ == "__main__":  # for CI: status 1 and the reason where no container runs
    found = prepare(Path(sys.argv[1]))
    sys.exit(f"no container runs here: {found}" if found else 0)
