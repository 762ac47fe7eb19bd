from pathlib import Path

import pytest

from imds_sim.cli.system.addresses import METADATA
from imds_sim.cli.system.first_config import first_config, is_first_config
from imds_sim.cli.system.units import SOCKETS, Plan, shipped
from imds_sim.config.load import load_config
from tests.cli.system.test_units import settings

ALL = tuple(map(str, METADATA))
PROGRAM = "/srv/imds/bin/imds-sim"


def listening(text: str, folder: Path) -> dict[str, set[str]]:
    """Where a daemon with this configuration listens, by surface."""
    file = folder / "config.yaml"
    file.write_text(text)
    listen = load_config(file).listen
    return {
        "imds": set(map(str, listen.imds)),
        "sts": set(map(str, listen.sts)),
        "ecs": set(map(str, listen.ecs)),
        "eks": set(map(str, listen.eks)),
        "lambda": set(map(str, listen.aws_lambda)),
    }


def test_a_daemon_without_sockets_listens_where_the_socket_units_do(tmp_path: Path) -> None:
    by_units = {
        surface: set(settings((shipped() / unit).read_text())["ListenStream"])
        for surface, unit in SOCKETS.items()
    }
    text = Plan(PROGRAM, sockets=False, addresses=ALL).first_config()
    assert listening(text, tmp_path) == by_units


@pytest.mark.parametrize(
    ("prefixes", "imds", "ecs"),
    [
        pytest.param([], "127.0.0.1:1338", "127.0.0.1:1340", id="none"),
        pytest.param(["169.254.169.254/32"], "169.254.169.254:80", "127.0.0.1:1340", id="imds"),
        pytest.param(["169.254.170.2/32"], "127.0.0.1:1338", "169.254.170.2:80", id="ecs"),
        pytest.param(["169.254.9.9/32"], "169.254.9.9:80", "127.0.0.1:1340", id="of its own"),
    ],
)
def test_a_surface_without_an_address_of_its_own_stays_on_loopback(
    tmp_path: Path, prefixes: list[str], imds: str, ecs: str
) -> None:
    found = listening(first_config(prefixes), tmp_path)
    assert found["imds"] == {imds}
    assert found["ecs"] == {ecs}


def test_where_systemd_holds_the_sockets_the_file_names_no_address() -> None:
    assert "listen" not in Plan(PROGRAM, addresses=ALL).first_config()


@pytest.mark.parametrize("prefixes", [(), ALL], ids=["no address", "all addresses"])
def test_a_first_configuration_is_known_until_somebody_changes_it(prefixes: list[str]) -> None:
    text = first_config(prefixes)
    assert is_first_config(text)
    assert not is_first_config(text + "tasks: {api: {role: web}}\n")
    assert not is_first_config(text.replace("web-1", "web-2"))
