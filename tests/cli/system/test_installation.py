from pathlib import Path

import pytest

from imds_sim.cli.system.doing import Doing
from imds_sim.cli.system.errors import NotOnThisMachine
from imds_sim.cli.system.first_config import first_config
from imds_sim.cli.system.installation import install, uninstall
from imds_sim.cli.system.service_manager import ServiceManager
from imds_sim.cli.system.units import SOCKETS, UNITS, Plan
from tests.cli.system.conftest import Told

PROGRAM = "/srv/imds/bin/imds-sim"
IMDS, ECS = "169.254.169.254/32", "169.254.170.2/32"
INSTANCE = "imds-sim-address@{}-32.service".format
ALL_SOCKETS = " ".join(SOCKETS.values())
START = "systemctl enable --now"


class Machine:
    """A root directory whose systemd is the one that writes down what it is told."""

    def __init__(self, root: Path, told: Told) -> None:
        self.root = root
        self.booted = root / "run/systemd/system"
        self.booted.mkdir(parents=True)
        self.told = told
        self.said: list[str] = []

    def install(self, plan: Plan, *, dry_run: bool = False) -> list[str]:
        """What systemd was told."""
        self.said = []
        doing = Doing(self.said.append, dry_run)
        install(plan, self.root, doing, self.manager(doing))
        told = self.told()
        links = self.root / UNITS / "imds-sim-addresses.target.wants"
        for line in told:  # as systemctl does
            for unit in line.split():
                if "@1" in unit and " enable " in line:
                    links.mkdir(exist_ok=True)
                    (links / unit).unlink(missing_ok=True)
                    (links / unit).symlink_to("../imds-sim-address@.service")
                elif "@1" in unit and " disable " in line:
                    (links / unit).unlink(missing_ok=True)
        return [line for line in told if " list-units " not in line]

    def uninstall(self) -> list[str]:
        """What systemd was told."""
        doing = Doing(self.said.append, dry_run=False)
        uninstall(self.root, doing, self.manager(doing))
        return self.told()

    def manager(self, doing: Doing) -> ServiceManager:
        return ServiceManager(self.root, doing, here=True, booted=self.booted)

    def units(self) -> set[str]:
        return {path.name for path in (self.root / UNITS).iterdir() if path.is_file()}

    def config(self) -> str:
        return (self.root / "etc/imds-sim/config.yaml").read_text()


@pytest.fixture
def machine(tmp_path: Path, told: Told) -> Machine:
    return Machine(tmp_path / "root", told)


def test_a_first_installation_stops_nothing(machine: Machine) -> None:
    assert machine.install(Plan(PROGRAM, addresses=[IMDS])) == [
        "systemd-sysusers /etc/sysusers.d/imds-sim.conf",
        "systemctl daemon-reload",
        f"{START} {INSTANCE('169.254.169.254')} imds-sim-addresses.target {ALL_SOCKETS} "
        "imds-sim.service",
    ]


def test_the_same_once_more_stops_nothing_either(machine: Machine) -> None:
    first = machine.install(Plan(PROGRAM, addresses=[IMDS]))
    assert machine.install(Plan(PROGRAM, addresses=[IMDS])) == first


def test_sockets_that_are_gone_with_the_other_variant_are_stopped_and_disabled(
    machine: Machine,
) -> None:
    machine.install(Plan(PROGRAM, addresses=[IMDS]))
    told = machine.install(Plan(PROGRAM, sockets=False, addresses=[IMDS]))
    in_order = " ".join(sorted(SOCKETS.values()))
    assert told[0].split()[:2] == ["systemctl", "stop"]
    assert set(told[0].split()[2:]) == {*SOCKETS.values(), "imds-sim.service"}
    assert told[1] == f"systemctl disable --now {in_order}"
    assert told[-1] == (
        f"{START} {INSTANCE('169.254.169.254')} imds-sim-addresses.target imds-sim.service"
    )
    assert machine.units() == {
        *("imds-sim.service", "imds-sim-address@.service", "imds-sim-addresses.target")
    }


def test_a_further_socket_opens_for_a_service_that_has_stopped(machine: Machine) -> None:
    machine.install(Plan(PROGRAM, surfaces=["imds"]))
    told = machine.install(Plan(PROGRAM, surfaces=["imds", "sts"]))
    assert told[0] == "systemctl stop imds-sim.service imds-sim.socket"
    assert told[-1] == f"{START} imds-sim.socket imds-sim-sts.socket imds-sim.service"


def test_addresses_that_are_no_longer_wanted_go(machine: Machine) -> None:
    machine.install(Plan(PROGRAM, addresses=[IMDS, ECS]))
    told = machine.install(Plan(PROGRAM, addresses=[IMDS]))
    assert told[0] == f"systemctl disable --now {INSTANCE('169.254.170.2')}"
    told = machine.install(Plan(PROGRAM))
    assert told[1] == (
        f"systemctl disable --now {INSTANCE('169.254.169.254')} imds-sim-addresses.target"
    )
    assert not {name for name in machine.units() if "address" in name}


def test_the_drop_in_goes_with_the_systemd_that_knew_it(machine: Machine) -> None:
    folder = machine.root / UNITS / "imds-sim.service.d"
    machine.install(Plan(PROGRAM, version=253))
    assert [path.name for path in folder.iterdir()] == ["notify-reload.conf"]
    told = machine.install(Plan(PROGRAM, version=252))
    assert told[0].startswith("systemctl stop ")
    assert not folder.exists()


def test_a_dry_run_says_what_the_real_run_does(machine: Machine) -> None:
    machine.install(Plan(PROGRAM, addresses=[IMDS]))
    other = Plan(PROGRAM, sockets=False)
    before = machine.units()
    assert machine.install(other, dry_run=True) == []
    assert machine.units() == before
    promised = machine.said
    machine.install(other)
    assert machine.said == promised
    assert f"remove {machine.root}/{UNITS}/imds-sim-ecs.socket" in promised


def test_a_configuration_that_nobody_changed_follows_the_variant(machine: Machine) -> None:
    machine.install(Plan(PROGRAM, addresses=[IMDS]))
    assert machine.config() == first_config(())
    machine.install(Plan(PROGRAM, sockets=False, addresses=[IMDS]))
    assert machine.config() == first_config([IMDS])
    machine.install(Plan(PROGRAM, addresses=[IMDS]))
    assert machine.config() == first_config(())


@pytest.mark.parametrize(
    ("sockets", "more"),
    [(True, ""), (False, "; its listen must name 169.254.169.254:80")],
    ids=["with sockets", "with a capability"],
)
def test_a_changed_configuration_stays_and_that_is_said(
    machine: Machine, sockets: bool, more: str
) -> None:
    config = machine.root / "etc/imds-sim/config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text("roles: {mine: {}}\n")
    machine.install(Plan(PROGRAM, sockets=sockets, addresses=[IMDS]))
    assert machine.config() == "roles: {mine: {}}\n"
    assert f"keep {config}{more}" in machine.said


def test_uninstalling_disables_units_and_addresses_but_not_what_users_added(
    machine: Machine,
) -> None:
    machine.install(Plan(PROGRAM, addresses=[IMDS], version=253))
    theirs = machine.root / UNITS / "imds-sim.service.d/override.conf"
    theirs.write_text("[Service]\n")
    told = machine.uninstall()
    assert INSTANCE("169.254.169.254") in told[1].split()
    assert {*SOCKETS.values(), "imds-sim.service"} <= set(told[1].split())
    assert told[-1] == "systemctl daemon-reload"
    assert machine.units() == set()
    assert theirs.exists()


@pytest.mark.parametrize("dry_run", [True, False], ids=["in a dry run", "for real"])
def test_a_machine_that_systemd_does_not_run_is_left_alone(machine: Machine, dry_run: bool) -> None:
    machine.booted.rmdir()
    with pytest.raises(NotOnThisMachine, match=r"is not run by systemd; .* --root DIR"):
        machine.install(Plan(PROGRAM), dry_run=dry_run)
    assert not (machine.root / "etc").exists()


def test_what_was_installed_goes_where_systemd_does_not_run_any_more(machine: Machine) -> None:
    machine.install(Plan(PROGRAM))
    machine.booted.rmdir()
    assert machine.uninstall() == [
        f"systemctl --root={machine.root} disable imds-sim-ecs.socket imds-sim-eks.socket "
        "imds-sim-lambda.socket imds-sim-sts.socket imds-sim.service imds-sim.socket"
    ]
    assert machine.units() == set()
