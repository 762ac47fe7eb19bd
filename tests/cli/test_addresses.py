import subprocess
import sys

import pytest

from imds_sim.cli.system.addresses import parse_interface
from imds_sim.cli.system.cloud import cloud_here
from tests.cli.conftest import Invoke
from tests.namespaces import namespace


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("169.254.169.254", "169.254.169.254/32"),
        ("169.254.170.2/32", "169.254.170.2/32"),
        ("fd00:ec2::254", "fd00:ec2::254/128"),
        ("169.254.1.1", "169.254.1.1/32"),
    ],
)
def test_an_address_is_added_alone(given: str, meant: str) -> None:
    assert str(parse_interface(given)) == meant


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("169.254.169.254/24", "would capture its whole network; write 169.254.169.254/32"),
        ("10.0.0.1", "is no metadata address"),
        ("fd00:ec2::1", "is no metadata address"),
        ("metadata", "is not an IP address"),
    ],
)
def test_what_would_do_harm_is_refused_with_what_is_meant(given: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_interface(given)


@pytest.mark.parametrize(
    ("fields", "cloud"),
    [
        pytest.param({"sys_vendor": "Amazon EC2"}, "EC2", id="EC2 on Nitro"),
        pytest.param({"product_uuid": "EC2E1916-9099-7CAF"}, "EC2", id="EC2 on Xen"),
        pytest.param({"product_uuid": "45e12aec-dcd1-b213"}, "EC2", id="EC2, the other way round"),
        pytest.param(
            {"chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77"}, "Azure", id="Azure"
        ),
        pytest.param({"product_name": "Google Compute Engine"}, "Google Compute Engine", id="GCE"),
        pytest.param({"sys_vendor": "Hetzner"}, "Hetzner Cloud", id="Hetzner"),
        pytest.param({"sys_vendor": "QEMU", "product_uuid": "1234ec2a"}, None, id="a VM at home"),
        pytest.param({}, None, id="no DMI"),
    ],
)
def test_a_cloud_vm_is_known_by_its_firmware(fields: dict[str, str], cloud: str | None) -> None:
    assert cloud_here(lambda name: fields.get(name, "")) == cloud


def test_a_wrong_address_is_wrong_usage(invoke: Invoke) -> None:
    result = invoke("addresses", "add", "10.0.0.1")
    assert result.exit_code == 2
    assert "169.254.169.254" in result.stderr


def test_the_addresses_come_and_go_where_the_user_may_add_them() -> None:
    with namespace(user_namespace=True) as inside:

        def run(*arguments: str) -> tuple[int, str]:
            done = subprocess.run(
                inside.command(sys.executable, "-m", "imds_sim", "addresses", *arguments),
                capture_output=True,
                text=True,
            )
            return done.returncode, done.stdout + done.stderr

        shadows = "--i-know-this-shadows-real-metadata"  # whatever machine the test runs on
        assert run("status", "169.254.169.254") == (1, "169.254.169.254/32 missing\n")
        for _ in range(2):  # one that is there stays
            assert run("add", shadows, "169.254.169.254") == (0, "169.254.169.254/32 on loopback\n")
        assert run("status", "169.254.169.254")[0] == 0
        assert run("status")[0] == 1
        assert run("del")[1] == "169.254.169.254/32 gone\n"
        assert run("status", "169.254.169.254")[0] == 1
