from pathlib import Path

import pytest

from imds_sim.cli.system.ailments import (
    of_addresses,
    of_aim,
    of_cloud,
    of_environment,
    of_key_file,
    of_ports,
    of_shared_files,
)
from imds_sim.server.embedded import Simulator
from tests.cli.conftest import Invoke


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"AWS_EC2_METADATA_DISABLED": "true"}, "unset AWS_EC2_METADATA_DISABLED"),
        ({"AWS_EC2_METADATA_DISABLED": "false"}, None),
        ({"AWS_ACCESS_KEY_ID": "AKIASECRET"}, "unset AWS_ACCESS_KEY_ID"),
        ({"AWS_ACCESS_KEY_ID": "AKIASECRET", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1"}, None),
        ({"AWS_PROFILE": "prod"}, "unset AWS_PROFILE"),
        ({"AWS_REGION": "eu-west-1"}, 'export AWS_DEFAULT_REGION="$AWS_REGION"'),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}, None),
        ({"HTTP_PROXY": "http://p:1"}, "NO_PROXY=169.254.169.254"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "a,169.254.169.254"}, None),
    ],
)
def test_variables_that_defeat_the_simulator(environ: dict[str, str], told: str | None) -> None:
    found = list(of_environment(environ))
    assert len(found) == (told is not None)
    assert all(told is not None and told in line for line in found)
    assert not any("AKIASECRET" in line for line in found)


@pytest.mark.parametrize(
    ("more", "remedy"),
    [
        ({}, "or export AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_CONFIG_FILE=/dev/null"),
        ({"AWS_PROFILE": "default"}, "or unset AWS_PROFILE and export AWS_SHARED_CREDENTIALS_FILE"),
    ],
)
def test_keys_in_a_file_come_before_the_simulator(
    tmp_path: Path, more: dict[str, str], remedy: str
) -> None:
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = AKIASECRET\naws_secret_access_key = hush\n")
    [line] = of_shared_files({"AWS_SHARED_CREDENTIALS_FILE": str(file), **more})
    assert line.startswith(f"{file}: ")
    assert remedy in line
    assert "AKIASECRET" not in line
    assert "hush" not in line


@pytest.mark.parametrize(
    ("environ", "hosts", "found"),
    [
        pytest.param({}, ["127.0.0.1"], 1, id="nothing leads there"),
        pytest.param({}, [], 0, id="no daemon"),
        pytest.param({}, ["127.0.0.1", "169.254.169.254"], 0, id="at the standard address"),
        pytest.param({"AWS_EC2_METADATA_SERVICE_ENDPOINT": "x"}, ["127.0.0.1"], 0, id="instance"),
        pytest.param({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "x"}, ["127.0.0.1"], 0, id="container"),
        pytest.param({"AWS_ACCESS_KEY_ID": "x"}, ["127.0.0.1"], 0, id="keys"),
    ],
)
def test_a_shell_has_to_find_the_daemon(
    environ: dict[str, str], hosts: list[str], found: int
) -> None:
    lines = list(of_aim(environ, hosts))
    assert len(lines) == found
    assert all('eval "$(imds-sim env)"' in line for line in lines)


def test_metadata_addresses_have_to_be_on_loopback() -> None:
    hosts = ["169.254.169.254", "169.254.170.2", "127.0.0.1"]
    found = list(of_addresses(hosts, lambda: {"127.0.0.1", "169.254.170.2"}))
    assert len(found) == 1
    assert "sudo imds-sim addresses add 169.254.169.254" in found[0]


def test_a_cloud_vm_has_metadata_of_its_own() -> None:
    assert list(of_cloud(lambda: None)) == []
    assert "EC2" in next(of_cloud(lambda: "EC2"))


@pytest.mark.parametrize(
    ("first", "capabilities", "found"),
    [("1024", "0", 1), ("80", "0", 0), ("81", "0", 1), ("1024", "400", 0)],
)
def test_a_low_port_needs_a_permission(
    tmp_path: Path, first: str, capabilities: str, found: int
) -> None:
    (tmp_path / "start").write_text(f"{first}\n")
    (tmp_path / "status").write_text(f"Name:\tx\nCapEff:\t{capabilities}\n")
    lines = list(of_ports({80, 8080}, tmp_path / "start", tmp_path / "status"))
    assert len(lines) == found


@pytest.mark.parametrize(("mode", "found"), [(0o600, 0), (0o640, 1), (0o604, 1)])
def test_a_key_is_for_its_owner(tmp_path: Path, mode: int, found: int) -> None:
    file = tmp_path / "state.key"
    file.touch()
    file.chmod(mode)
    assert len(list(of_key_file(file))) == found
    assert list(of_key_file(tmp_path / "none")) == []


def test_doctor_says_no_where_there_is_no_daemon(invoke: Invoke) -> None:
    result = invoke("doctor", environ={"AWS_PROFILE": "prod"})
    assert result.exit_code == 1
    assert "AWS_PROFILE" in result.stdout
    assert "daemon: no daemon listens" in result.stdout


def test_doctor_looks_at_a_file(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "sim.yaml"
    (tmp_path / "state").mkdir(mode=0o700)
    key = tmp_path / "state" / "state.key"
    key.touch()
    key.chmod(0o644)
    file.write_text(f"state_dir: {tmp_path}/state\nlisten: {{imds: ['127.0.0.1:1338']}}\n")
    result = invoke("doctor", "--config", str(file))
    assert result.exit_code == 1
    assert f"chmod go-rwx {key}" in result.stdout


def test_doctor_says_so_where_all_is_well(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imds_sim.cli.system.ailments.of_cloud", list)
    with Simulator.start(admin=True) as simulator:
        environ = {
            **simulator.environment(),
            "IMDS_SIM_ADMIN": next(iter(simulator.endpoints.admin)),
        }
        assert invoke("doctor", environ=environ).stdout == "nothing is wrong here\n"
        lost = invoke("doctor", environ={"IMDS_SIM_ADMIN": environ["IMDS_SIM_ADMIN"]})
    assert lost.exit_code == 1
    assert lost.stdout.startswith("environment: no variable of this shell leads to the daemon")
