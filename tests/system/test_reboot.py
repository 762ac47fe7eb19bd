"""After `install-systemd` the service is there at every boot, and late enough for cloud-init."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.system.machine import Machine, booted, done, layered, missing
from tests.system.test_boot import ADDRESSES, credentials, metadata_token

UNITS = Path("/lib/systemd/system")
CLOUD_INIT = ("cloud-init-local.service", "cloud-init.service", "cloud-init.target")
SEEN = "/var/lib/cloud-init-saw"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.boot,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]


def add_cloud_init(tree: Path, machine: Machine) -> None:
    """Its own units with their order; the jobs write down which addresses they find."""
    for unit in CLOUD_INIT:
        shutil.copy(UNITS / unit, tree / "etc/systemd/system")
        if unit.endswith(".service"):
            folder = tree / f"etc/systemd/system/{unit}.d"
            folder.mkdir()
            (folder / "look.conf").write_text(
                "[Service]\nExecStart=\n"
                f"ExecStart=sh -c 'ip -brief address show dev lo >> {SEEN}'\n"
            )
    machine.run("systemctl", "enable", *(each for each in CLOUD_INIT if "target" not in each))
    machine.run("systemctl", "add-wants", "multi-user.target", "cloud-init.target")


@pytest.mark.skipif(
    not all(Path(UNITS, each).exists() for each in CLOUD_INIT),
    reason="cloud-init, whose units are tried, is not installed",
)
def test_it_is_there_after_the_next_boot_and_cloud_init_never_saw_its_addresses(
    tree: Path,
) -> None:
    with layered(tree) as kept:
        with booted(kept, "imds-sim-first", volatile=False) as machine:
            machine.run("imds-sim", "install-systemd")
            add_cloud_init(kept, machine)
            token = metadata_token(machine)
        with booted(kept, "imds-sim-again", volatile=False) as machine:
            assert machine.show("imds-sim.service", "ActiveState") == "active"
            shown = machine.run("ip", "-brief", "address", "show", "dev", "lo").stdout
            assert [each for each in ADDRESSES if f" {each}/" not in shown] == []
            seen = machine.run("cat", SEEN).stdout.splitlines()
            assert len(seen) == 2
            assert not [line for line in seen if "169.254" in line or "fd00" in line]
            assert machine.run(
                "curl", "-sf", "-H", f"X-aws-ec2-metadata-token: {token}",
                "http://169.254.169.254/latest/meta-data/instance-id",
            ).stdout.startswith("i-")  # fmt: skip
            logged = machine.run("journalctl", "-b", "-o", "cat", "--no-pager").stdout
            assert "ordering cycle" not in logged


@pytest.mark.parametrize("form", ["--socket", "--capability"])
def test_an_image_that_it_was_installed_into_starts_it_at_the_first_boot(
    tree: Path, form: str
) -> None:
    with layered(tree) as image:
        done(
            sys.executable, "-m", "imds_sim", "install-systemd", form, "--root", str(image),
            "--program", "/opt/imds-sim/bin/imds-sim",
        )  # fmt: skip
        with booted(image, "imds-sim-image", volatile=False) as machine:
            assert machine.show("imds-sim.service", "ActiveState") == "active"
            assert credentials(machine)["Code"] == "Success"
