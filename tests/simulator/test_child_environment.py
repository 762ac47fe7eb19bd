import urllib.request

import pytest

from imds_sim.simulator.child_environment import PROXY_BYPASS, child_environment, shield

WEB_1 = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:5", "AWS_REGION": "us-east-1"}


def child(inherited: dict[str, str], **settings: str) -> dict[str, str]:
    return child_environment(inherited, {**shield(inherited, "/tmp/empty"), **WEB_1}, **settings)


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "ECS_CONTAINER_METADATA_URI_V4",
    ],
)
def test_the_real_aws_is_hidden(name: str) -> None:
    assert name not in child({name: "real"})


@pytest.mark.parametrize(
    "name",
    [
        "AWS_PAGER",
        "AWS_CA_BUNDLE",
        "AWS_MAX_ATTEMPTS",
        "AWS_RETRY_MODE",
        "AWS_DEFAULT_OUTPUT",
        "AWS_METADATA_SERVICE_TIMEOUT",
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
        "HOME",
        "PATH",
        "MY_AWS_PROFILE",
    ],
)
def test_how_to_ask_stays(name: str) -> None:
    assert child({name: "mine"})[name] == "mine"


def test_configuration_and_credential_files_are_empty_ones() -> None:
    found = child({"BOTO_CONFIG": "/etc/boto.cfg", "AWS_CONFIG_FILE": "/home/me/.aws/config"})
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "BOTO_CONFIG"):
        assert found[name] == "/tmp/empty"


def test_a_real_configuration_file_is_given_on_request() -> None:
    found = child({}, aws_config="/home/me/config")
    assert found["AWS_CONFIG_FILE"] == "/home/me/config"
    assert found["AWS_SHARED_CREDENTIALS_FILE"] == "/tmp/empty"


def test_the_workload_comes_last() -> None:
    assert child({"AWS_REGION": "eu-west-1"}).items() >= WEB_1.items()


def test_a_second_emulator_is_named_on_request() -> None:
    assert "AWS_ENDPOINT_URL" not in child({})
    assert child({}, endpoint_url="http://127.0.0.1:4566")["AWS_ENDPOINT_URL"] == (
        "http://127.0.0.1:4566"
    )


def test_our_own_commands_find_the_private_daemon_and_no_other() -> None:
    outer = {"IMDS_SIM_ADMIN": "unix:/run/imds-sim/admin.sock"}
    assert (
        child(outer, admin="unix:/tmp/x/admin.sock")["IMDS_SIM_ADMIN"] == "unix:/tmp/x/admin.sock"
    )
    assert "IMDS_SIM_ADMIN" not in child(outer)


@pytest.mark.parametrize(
    ("inherited", "upper", "lower"),
    [
        ({}, [], []),
        ({"NO_PROXY": "corp, 127.0.0.1"}, ["corp", "127.0.0.1"], ["corp", "127.0.0.1"]),
        ({"NO_PROXY": "a", "no_proxy": "b"}, ["a"], ["b"]),
    ],
)
def test_no_proxy_stands_before_the_simulated_addresses(
    inherited: dict[str, str], upper: list[str], lower: list[str]
) -> None:
    found = child(inherited)
    for name, own in (("NO_PROXY", upper), ("no_proxy", lower)):
        entries = found[name].split(",")
        assert entries[: len(own)] == own
        assert set(entries) == {*own, *PROXY_BYPASS}
        assert len(entries) == len(set(entries))


@pytest.mark.parametrize("host", ["127.0.0.1:1338", "169.254.169.254", "localhost:99", "[::1]:99"])
def test_python_takes_no_proxy_to_them(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", child({})["no_proxy"])
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    assert urllib.request.proxy_bypass(host)
