"""The units in a real systemd that boots: there after the boot, through reload, kill and hang."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.system.machine import Machine, booted, missing
from tests.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.boot,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]

ADDRESSES = ("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23")
BOTO3 = """
import boto3
print(boto3.client("sts", region_name="us-east-1").get_caller_identity()["Arn"])
"""


def install(machine: Machine, *arguments: str) -> None:
    machine.run("imds-sim", "install-systemd", *arguments)


# A connection for each request, 60 s at most; what it met is printed when /run/enough is there.
LOAD = """
import collections, json, os, sys, time, urllib.error, urllib.request
met, ends_at = collections.Counter(), time.monotonic() + 60
while not os.path.exists("/run/enough") and time.monotonic() < ends_at:
    try:
        request = urllib.request.Request(
            "http://169.254.169.254/latest/meta-data/instance-id",
            headers={"X-aws-ec2-metadata-token": sys.argv[1]},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            met[str(answer.status)] += 1
    except urllib.error.URLError as error:
        met[type(error.reason).__name__] += 1
    except OSError as error:
        met[type(error).__name__] += 1
print(json.dumps(met))
"""
HELD = """
import boto3
print(*boto3.Session().get_credentials().get_frozen_credentials()[:3])
"""


@pytest.fixture(scope="module")
def machine(tree: Path) -> Iterator[Machine]:
    with booted(tree, "imds-sim-boot") as started:
        install(started)
        started.run("systemctl", "is-active", "imds-sim.service")
        yield started


def kill(machine: Machine) -> None:
    """SIGKILL, and another daemon is ready."""
    before = machine.show("imds-sim.service", "MainPID")
    machine.run("kill", "-KILL", before)
    until(lambda: machine.show("imds-sim.service", "MainPID") not in (before, "0"))
    until(lambda: machine.show("imds-sim.service", "ActiveState") == "active")


def metadata_token(machine: Machine, host: str = "169.254.169.254") -> str:
    return machine.run(
        "curl", "-sf", "-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60",
        f"http://{host}/latest/api/token",
    ).stdout  # fmt: skip


def test_service_sockets_and_addresses_are_there(machine: Machine) -> None:
    shown = machine.run("ip", "-brief", "address", "show", "dev", "lo").stdout
    assert [each for each in ADDRESSES if f" {each}/" not in shown] == []
    assert machine.show("imds-sim.service", "ActiveState") == "active"
    assert machine.show("imds-sim.socket", "ActiveState") == "active"
    assert machine.run("systemctl", "--failed", "--no-legend").stdout == ""


def test_both_families_answer_on_the_real_addresses(machine: Machine) -> None:
    assert metadata_token(machine)
    machine.run("imds-sim", "options", "web-1", "--http-protocol-ipv6", "enabled")
    assert metadata_token(machine, "[fd00:ec2::254]")


def test_boto3_is_served_without_any_setting_but_the_sts(machine: Machine) -> None:
    arn = machine.run(
        "env", "AWS_ENDPOINT_URL_STS=http://127.0.0.1:1339", "/opt/imds-sim/bin/python", "-c", BOTO3
    ).stdout
    assert ":assumed-role/web/i-" in arn


def test_a_reload_waits_and_reports(machine: Machine) -> None:
    machine.run("sh", "-c", "echo 'tasks: {api: {role: web}}' >> /etc/imds-sim/config.yaml")
    machine.run("systemctl", "reload", "imds-sim")
    status = json.loads(machine.run("imds-sim", "status", "--json").stdout)
    assert {each["name"] for each in status["workloads"]} == {"web-1", "api"}
    machine.run("sh", "-c", "echo 'tusks: {}' >> /etc/imds-sim/config.yaml")
    assert machine.run("systemctl", "reload", "imds-sim", check=False).returncode != 0
    assert machine.show("imds-sim.service", "ActiveState") == "active"
    machine.run("sed", "-i", "/tusks/d", "/etc/imds-sim/config.yaml")


def test_a_killed_daemon_comes_back_and_its_credentials_hold(machine: Machine) -> None:
    token = metadata_token(machine)
    before = machine.show("imds-sim.service", "MainPID")
    machine.run("kill", "-KILL", before)
    seen = machine.run(  # waits in the socket until the new daemon takes it
        "curl", "-sf", "--max-time", "60", "-H", f"X-aws-ec2-metadata-token: {token}",
        "http://169.254.169.254/latest/meta-data/instance-id",
    ).stdout  # fmt: skip
    assert seen.startswith("i-")
    assert machine.show("imds-sim.service", "MainPID") != before
    until(lambda: machine.show("imds-sim.service", "ActiveState") == "active")


def test_a_kill_under_load_refuses_no_connection_and_ends_no_credentials(
    machine: Machine,
) -> None:
    token, python = metadata_token(machine), "/opt/imds-sim/bin/python"
    held = machine.run(python, "-c", HELD).stdout.split()
    machine.run("systemctl", "reset-failed", "imds-sim.service")
    with ThreadPoolExecutor() as pool:
        clients = [pool.submit(machine.run, python, "-c", LOAD, token) for _ in range(4)]
        for _ in range(3):
            kill(machine)
        machine.run("touch", "/run/enough")
        met = sum((Counter(json.loads(each.result().stdout)) for each in clients), Counter())
    assert met["200"] > 0
    # A kill ends the requests that the daemon had taken, one of each client at most.
    assert met.keys() <= {"200", "ConnectionResetError", "RemoteDisconnected"}
    assert met.total() - met["200"] <= 3 * len(clients)
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    variables = [f"{name}={value}" for name, value in zip(names, held, strict=True)]
    sts = "AWS_ENDPOINT_URL_STS=http://127.0.0.1:1339"
    assert ":assumed-role/web/i-" in machine.run("env", sts, *variables, python, "-c", BOTO3).stdout


def test_a_daemon_that_hangs_is_restarted_by_the_watchdog(machine: Machine) -> None:
    drop_in = "/run/systemd/system/imds-sim.service.d"
    machine.run("mkdir", "-p", drop_in)
    machine.run("sh", "-c", f"printf '[Service]\\nWatchdogSec=2s\\n' > {drop_in}/watchdog.conf")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "reset-failed", "imds-sim.service")
    machine.run("systemctl", "restart", "imds-sim.service")
    before = machine.show("imds-sim.service", "MainPID")
    machine.run("kill", "-STOP", before)
    until(lambda: machine.show("imds-sim.service", "MainPID") not in (before, "0"))
    until(lambda: machine.show("imds-sim.service", "ActiveState") == "active")
    assert "Watchdog timeout" in machine.run("journalctl", "-u", "imds-sim", "--no-pager").stdout
    assert metadata_token(machine)


def test_a_member_of_the_group_may_use_the_admin_socket(machine: Machine) -> None:
    machine.run("useradd", "-G", "imds-sim", "alice")
    machine.run("useradd", "bob")
    runuser = ("runuser", "-u")
    assert (
        machine.run(*runuser, "alice", "--", "imds-sim", "wait", "--timeout", "0").returncode == 0
    )
    assert (
        machine.run(
            *runuser, "bob", "--", "imds-sim", "wait", "--timeout", "0", check=False
        ).returncode
        == 77
    )


def test_the_journal_has_priorities_and_no_secret(machine: Machine) -> None:
    token = metadata_token(machine)
    logged = machine.run("journalctl", "-u", "imds-sim", "-o", "json", "--no-pager").stdout
    entries = [json.loads(line) for line in logged.splitlines()]
    assert {entry["PRIORITY"] for entry in entries} >= {"6"}
    assert token not in logged


def credentials(machine: Machine) -> dict[str, str]:
    """Those of the instance's role, from the real address."""
    role = "http://169.254.169.254:80/latest/meta-data/iam/security-credentials/web"
    token = f"X-aws-ec2-metadata-token: {metadata_token(machine)}"
    found: dict[str, str] = json.loads(machine.run("curl", "-sf", "-H", token, role).stdout)
    return found


def socket_units(machine: Machine) -> list[str]:
    """The names of what is installed of them."""
    told = machine.run(
        "systemctl", "list-unit-files", "--no-legend", "imds-sim*.socket", check=False
    ).stdout
    return sorted(line.split()[0] for line in told.splitlines())


def test_a_drop_in_lets_containers_in(machine: Machine) -> None:
    drop_in = "/etc/systemd/system/imds-sim.socket.d"
    machine.run("mkdir", drop_in)
    text = r"[Socket]\nIPAddressAllow=172.16.0.0/12\n"
    machine.run("sh", "-c", f"printf '{text}' > {drop_in}/override.conf")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "imds-sim.socket", "imds-sim.service")
    allowed = machine.show("imds-sim.socket", "IPAddressAllow").split()
    assert {"172.16.0.0/12", "169.254.0.0/16", "127.0.0.0/8"} <= set(allowed)
    assert metadata_token(machine)


def test_the_variant_with_a_capability_takes_the_place_of_the_sockets(machine: Machine) -> None:
    machine.run("rm", "/etc/imds-sim/config.yaml")
    before = machine.show("imds-sim.service", "MainPID")
    install(machine, "--capability")
    assert socket_units(machine) == []
    assert machine.show("imds-sim.service", "MainPID") not in (before, "0")
    assert credentials(machine)["Code"] == "Success"
    listening = machine.run("imds-sim", "status", "--json").stdout
    assert 'http://169.254.170.23"' in listening
    assert 'http://[fd00:ec2::23]"' in listening
    assert machine.run("systemctl", "--failed", "--no-legend").stdout == ""


def test_a_choice_of_sockets_takes_its_place_and_grows_while_the_service_runs(
    machine: Machine,
) -> None:
    install(machine, "--surface", "imds")
    assert socket_units(machine) == ["imds-sim.socket"]
    assert credentials(machine)["Code"] == "Success"
    install(machine, "--surface", "imds", "--surface", "sts")
    assert socket_units(machine) == ["imds-sim-sts.socket", "imds-sim.socket"]
    assert machine.show("imds-sim-sts.socket", "ActiveState") == "active"
    sts = "AWS_ENDPOINT_URL_STS=http://127.0.0.1:1339"
    told = machine.run("env", sts, "/opt/imds-sim/bin/python", "-c", BOTO3).stdout
    assert ":assumed-role/web/i-" in told
    before = machine.show("imds-sim.service", "MainPID")
    install(machine, "--surface", "imds", "--surface", "sts")
    assert machine.show("imds-sim.service", "MainPID") == before
    assert machine.run("systemctl", "--failed", "--no-legend").stdout == ""


def test_the_service_starts_on_another_socket_than_that_of_its_name(machine: Machine) -> None:
    install(machine, "--surface", "sts")
    assert socket_units(machine) == ["imds-sim-sts.socket"]
    assert machine.show("imds-sim.service", "ActiveState") == "active"


def test_uninstalling_leaves_no_unit_and_no_address(machine: Machine) -> None:
    machine.run("imds-sim", "uninstall-systemd")
    assert (
        machine.run("systemctl", "list-unit-files", "--no-legend", "imds-sim*", check=False).stdout
        == ""
    )
    shown = machine.run("ip", "-brief", "address", "show", "dev", "lo").stdout
    assert [each for each in ADDRESSES if f" {each}/" in shown] == []
    assert machine.run("ls", "/etc/imds-sim").stdout == "config.yaml\n"
