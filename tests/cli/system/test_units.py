import re

import pytest

from imds_sim.cli.system.units import MARK, SOCKETS, UNITS, Plan, escaped, shipped
from imds_sim.cli.system.units import PROGRAM as SHIPPED

PROGRAM = "/srv/imds/bin/imds-sim"
SERVICE = f"{UNITS}/imds-sim.service"


def service(plan: Plan) -> dict[str, list[str]]:
    """The settings of the service that `plan` installs."""
    return settings(dict(plan.files())[SERVICE])


def settings(text: str) -> dict[str, list[str]]:
    """The values of each setting; a name may come twice."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize(("version", "has_drop_in"), [(252, False), (253, True)])
def test_from_253_on_systemd_waits_for_the_reload_itself(version: int, has_drop_in: bool) -> None:
    files = dict(Plan(PROGRAM, version=version).files())
    assert (f"{SERVICE}.d/notify-reload.conf" in files) is has_drop_in


def test_instances_of_the_template_are_named_as_systemd_escapes_them() -> None:
    assert escaped("169.254.169.254/32") == "169.254.169.254-32"
    assert escaped("fd00:ec2::254/128") == "fd00:ec2::254-128"


def test_a_capability_unit_enables_no_socket() -> None:
    plan = Plan(PROGRAM, sockets=False, addresses=["169.254.169.254/32"])
    assert plan.enabled() == [
        "imds-sim-address@169.254.169.254-32.service",
        "imds-sim-addresses.target",
        "imds-sim.service",
    ]


@pytest.mark.parametrize(
    "surfaces",
    [[each] for each in SOCKETS] + [list(SOCKETS), ["lambda", "sts"]],
    ids="-".join,
)
def test_the_service_needs_the_sockets_that_are_installed_and_no_other(
    surfaces: list[str],
) -> None:
    plan = Plan(PROGRAM, surfaces=surfaces)
    sockets = [SOCKETS[each] for each in surfaces]
    installed = [path.rpartition("/")[2] for path, _ in plan.files() if path.endswith(".socket")]
    assert installed == sockets
    found = service(plan)
    assert found["Requires"] == [" ".join(sockets)]
    assert found["Also"] == [" ".join(sockets)]
    assert " ".join(sockets) in found["After"]


def test_paths_stand_in_a_unit_as_systemd_reads_them() -> None:
    found = service(Plan("/srv/my programs/imds-sim", config="/srv/100%i.yaml"))
    assert found["ExecStart"] == [
        '"/srv/my programs/imds-sim" serve --last-good --config /srv/100%%i.yaml'
    ]
    assert found["ExecReload"] == ['"/srv/my programs/imds-sim" reload']


def test_the_two_services_differ_in_who_opens_the_sockets_and_in_nothing_else() -> None:
    with_sockets = service(Plan(PROGRAM))
    with_capability = service(Plan(PROGRAM, sockets=False))
    names = with_sockets.keys() | with_capability.keys()
    assert {name for name in names if with_sockets.get(name) != with_capability.get(name)} == {
        *("Requires", "After", "Also"),
        *("PrivateUsers", "PrivateNetwork", "RestrictAddressFamilies", "IPAddressAllow"),
        *("AmbientCapabilities", "CapabilityBoundingSet"),
    }


def test_every_shipped_text_belongs_to_a_plan() -> None:
    installed = {
        text.removeprefix(MARK)
        for sockets in (True, False)
        for _, text in Plan(
            SHIPPED, sockets=sockets, addresses=["fd00:ec2::23/128"], version=255
        ).files()
    }
    texts = {path.read_text() for path in shipped().rglob("*") if path.is_file()}
    assert len(texts) > 5
    assert texts == installed
