"""capture and diff: a file from a live endpoint, and whether two endpoints are alike."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from imds_sim import Simulator
from imds_sim.cli.capturing import walk as walking
from imds_sim.config.load import parse_config
from tests.cli.conftest import Invoke, Routes, StubServer
from tests.clients.on_ec2 import CONFIG, USER_DATA

PLAIN = """
account: "444455556666"
region: us-gov-west-1
roles: {web: {trust: none}}
instances:
  web-1:
    role: web
    profile: other
    instance_type: t3.micro
    extended_credentials: false
    metadata_options: {http_tokens: optional}
    placement: {group_name: racks, partition_number: 2, host_id: h-0123456789abcdef0}
"""
LAUNCHED = """
region: eu-west-1
roles: {web: {}}
instances:
  a:
    role: web
    life_cycle: spot
    launch_index: 3
    product_codes: [1abc2defghijklm3nopqrs4tu]
    ancestor_image_ids: [ami-0123456789abcdef0, ami-0123456789abcdef1]
    block_devices: {root: /dev/sda1, ebs1: sdb, ephemeral0: sdc}
    monitoring: enabled
    hibernation: false
    hostname_type: resource-name
    events:
      - {type: rebalance, at: "2026-01-02T03:04:05Z"}
      - {type: maintenance, code: system-reboot, in: 7d}
"""
XEN = """
roles: {web: {}}
instances:
  a:
    role: web
    family: xen
    instance_type: t2.micro
    kernel_id: aki-5c21674b
    ramdisk_id: ari-01bb5768
"""
BARE = "instances: {a: {}}"
OVERRIDDEN = """
roles: {web: {}}
instances:
  a:
    role: web
    metadata:
      instance-action: shutdown
      metrics/vhostmd: null
      system: null
      iam/info: null
      placement/availability-zone-id: use1-az9
      placement/group-id: pg-0a1b2c3d
      new/a=b/c,d: "two\\nlines\\n"
      dynamic/fws/instance-monitoring: enabled
      dynamic/instance-identity/document: '{"region" : "us-east-1", "mine" : null}'
"""


@pytest.fixture
def served() -> Iterator[Callable[[str], str]]:
    """Serve a configuration with one instance; gives its URL."""
    with ExitStack() as running:

        def start(text: str) -> str:
            simulator = running.enter_context(Simulator.start(parse_config(text)))
            (name,) = simulator.core.world.resolver.workloads
            return simulator.endpoints.instances[name][0]

        yield start


@pytest.mark.parametrize("text", [CONFIG, PLAIN, LAUNCHED, XEN, BARE, OVERRIDDEN])
def test_a_capture_served_gives_the_same_tree(
    invoke: Invoke, served: Callable[[str], str], text: str
) -> None:
    url = served(text)
    captured = invoke("capture", "--endpoint", url, "--user-data")
    assert (captured.exit_code, captured.stderr) == (0, "")
    again = served(captured.stdout)
    compared = invoke("diff", url, again)
    assert (compared.exit_code, compared.output) == (0, "")
    exact = invoke("diff", url, again, "--exact")
    assert exact.exit_code == 1
    assert "/latest/dynamic/instance-identity/signature: body: " in exact.output
    assert "/latest/dynamic/instance-identity/document: body" not in exact.output


def test_user_data_is_left_out_unless_asked(invoke: Invoke, served: Callable[[str], str]) -> None:
    url = served(CONFIG)
    without = invoke("capture", "--endpoint", url).stdout
    assert "user_data" not in without
    captured = parse_config(invoke("capture", "--endpoint", url, "--user-data").stdout)
    assert captured.instances["captured"].user_data == USER_DATA.encode()
    lines = invoke("diff", url, served(without)).output.splitlines()
    assert "/latest/user-data: 200 OK | missing" in lines
    assert len(lines) == 3  # and in the listing above it, with and without slash


def test_binary_user_data_is_kept_to_the_byte(invoke: Invoke, served: Callable[[str], str]) -> None:
    url = served("instances: {a: {user_data_base64: AAH/}}")
    captured = parse_config(invoke("capture", "--endpoint", url, "--user-data").stdout)
    assert captured.instances["captured"].user_data_base64 == b"\x00\x01\xff"


def test_no_credential_is_in_a_capture_or_a_comparison(
    invoke: Invoke, served: Callable[[str], str]
) -> None:
    url, other = served(CONFIG), served(CONFIG)
    printed = invoke("capture", "--endpoint", url).output
    printed += invoke("diff", url, other, "--exact").output
    assert "/latest/meta-data/iam/security-credentials/web: body: " in printed
    assert not re.search("ASIA|IQoJ|SecretAccessKey|AQAE", printed)


def test_a_capture_says_how_it_was_got(
    invoke: Invoke, serve: Callable[[Routes], StubServer], served: Callable[[str], str]
) -> None:
    assert "IMDSv2." in invoke("capture", "--endpoint", served(BARE)).stdout.splitlines()[0]
    stub = serve(
        {
            "/latest/": (200, "meta-data"),
            "/latest/meta-data/": (200, "instance-id"),
            "/latest/meta-data/instance-id": (200, "i-0123456789abcdef0"),
        }
    )
    printed = invoke("capture", "--endpoint", stub.url).stdout
    assert "IMDSv1." in printed.splitlines()[0]
    captured = parse_config(printed).instances["captured"]
    assert (captured.id, captured.metadata_options.http_tokens) == (
        "i-0123456789abcdef0",
        "optional",
    )


TREE: Routes = {
    "/latest/": (200, "meta-data"),
    "/latest/meta-data/": (200, "instance-id\ninstance-type\n../x\n..\nnested/\nlocal-ipv4"),
    "/latest/meta-data/instance-id": (200, "i-0123456789abcdef0"),
    "/latest/meta-data/instance-type": (200, "not a type"),
    "/latest/meta-data/nested/": (200, "nested/"),
    "/latest/meta-data/local-ipv4": (404, ""),
}


def test_a_hostile_tree_ends(
    invoke: Invoke, serve: Callable[[Routes], StubServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    loops = {f"/latest/meta-data/{'nested/' * n}": (200, "nested/") for n in range(1, 40)}
    stub = serve({**TREE, **loops})
    result = invoke("capture", "--endpoint", stub.url)
    assert result.exit_code == 0
    assert max(line.count("/") for line in stub.lines) <= walking.MAX_DEPTH
    assert not [line for line in stub.lines if ".." in line]
    monkeypatch.setattr(walking, "MAX_PATHS", 5)
    assert invoke("capture", "--endpoint", stub.url).exit_code == 69


def test_what_no_key_can_have_as_a_value_stands_leaf_by_leaf(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    result = invoke("capture", "--endpoint", serve(TREE).url)
    assert (result.exit_code, result.stderr) == (0, "")
    captured = parse_config(result.stdout).instances["captured"]
    assert captured.id == "i-0123456789abcdef0"
    assert captured.metadata["instance-type"] == "not a type"
    assert captured.metadata["local-ipv4"] is None


def test_another_simulator_with_ids_of_its_own_is_captured_too(
    invoke: Invoke, serve: Callable[[Routes], StubServer], served: Callable[[str], str]
) -> None:
    document = '{"accountId": "0123456789", "region": "mock-region", "pendingTime": "then"}'
    stub = serve(
        {
            "/latest/": (200, "dynamic\nmeta-data"),
            "/latest/dynamic/": (200, "instance-identity/"),
            "/latest/dynamic/instance-identity/": (200, "document"),
            "/latest/dynamic/instance-identity/document": (200, document),
            "/latest/meta-data/": (200, "iam/\ninstance-id\nplacement/"),
            "/latest/meta-data/iam/": (200, "security-credentials/"),
            "/latest/meta-data/iam/security-credentials/": (200, "no role"),
            "/latest/meta-data/iam/security-credentials/no%20role": (200, "{}"),
            "/latest/meta-data/instance-id": (200, "mock"),
            "/latest/meta-data/placement/": (200, "availability-zone"),
            "/latest/meta-data/placement/availability-zone": (200, "mock-region-1"),
        }
    )
    result = invoke("capture", "--endpoint", stub.url)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = invoke("diff", stub.url, served(result.stdout)).output
    assert "/latest/meta-data/instance-id: body" not in lines
    assert "/latest/dynamic/instance-identity/document: body" not in lines
    assert "/latest/meta-data/placement/availability-zone: body" not in lines
    assert "/latest/meta-data/network/" not in lines


def test_what_cannot_be_said_at_all_is_told(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    odd = {"/latest/meta-data/": (200, "instance-id\nb#d"), "/latest/meta-data/b%23d": (200, "x")}
    result = invoke("capture", "--endpoint", serve({**TREE, **odd}).url)
    assert result.exit_code == 0
    assert result.stderr == (
        "imds-sim: note: /latest/meta-data/b%23d: no key can say it; it is left out\n"
    )


def test_credentials_are_taken_as_they_are_when_asked(
    invoke: Invoke, served: Callable[[str], str]
) -> None:
    url = served(CONFIG)
    captured = invoke("capture", "--endpoint", url, "--credentials")
    assert (captured.exit_code, captured.stderr) == (0, "")
    again = served(captured.stdout)
    lines = invoke("diff", url, again, "--exact").output.splitlines()
    assert not [line for line in lines if "iam/security-credentials/web: body" in line]
    gone = "/latest/meta-data/iam/security-credentials-extended/: status: 200 OK | 404 Not Found"
    assert gone in lines


def test_a_token_is_renewed_when_it_is_refused(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    stub = serve({"PUT /latest/api/token": (200, "t"), "/latest/": (401, "")})
    result = invoke("capture", "--endpoint", stub.url)
    assert (result.exit_code, stub.lines.count("PUT /latest/api/token")) == (69, 2)
    assert "401" in result.stderr


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1", "127.0.0.1:80", "http://", "http://[::1", "ftp://x/", ""]
)
def test_what_is_no_url_of_a_metadata_service_is_wrong_usage(invoke: Invoke, url: str) -> None:
    assert invoke("capture", "--endpoint", url).exit_code == 2
    assert invoke("diff", url, "http://127.0.0.1").exit_code == 2


def test_where_nobody_answers_there_is_nothing_to_capture(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    gone = serve({})
    gone.server.server_close()
    result = invoke("capture", "--endpoint", gone.url)
    assert (result.exit_code, result.stdout) == (69, "")
    assert gone.url in result.stderr


def test_differences_are_told_by_path(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    first, second = serve(TREE), serve({**TREE, "/latest/meta-data/instance-id": (200, "i-0f")})
    assert invoke("diff", second.url, second.url).exit_code == 0
    result = invoke("diff", first.url, second.url)
    assert result.exit_code == 1
    assert result.output == (
        "/latest/meta-data/instance-id: body: 'i-0123456789abcdef0' | 'i-0f'\n"
    )


def test_headers_are_compared_with_their_order(
    invoke: Invoke, serve: Callable[[Routes], StubServer], served: Callable[[str], str]
) -> None:
    stub = serve({"/latest/": (200, "dynamic\nmeta-data")})
    lines = invoke("diff", served(BARE), stub.url).output.splitlines()
    assert "/latest/: Accept-Ranges: none | missing" in lines
    assert "/latest/meta-data/nothing-is-here: Content-Type: text/html | missing" in lines
    assert any(line.startswith("PUT /latest/api/token: status: 200 OK | 404") for line in lines)


def test_a_terminal_sees_the_progress_and_the_output_does_not(
    served: Callable[[str], str],
) -> None:
    url = served(BARE)
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "imds_sim", "capture", "--endpoint", url]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=theirs, text=True, timeout=60)
    os.close(theirs)
    seen = os.read(ours, 1 << 16)
    os.close(ours)
    assert done.returncode == 0
    assert parse_config(done.stdout).instances.keys() == {"captured"}
    assert b"paths" in seen


def test_control_characters_of_a_service_do_not_reach_the_terminal(
    invoke: Invoke, serve: Callable[[Routes], StubServer]
) -> None:
    evil = "x\x1b[31mred"
    routes = {
        **TREE,
        "/latest/meta-data/": (200, evil),
        "/latest/meta-data/x%1B%5B31mred": (200, evil),
    }
    result = invoke("diff", serve(TREE).url, serve(routes).url)
    assert result.exit_code == 1
    assert "red" in result.output
    captured = invoke("capture", "--endpoint", serve(routes).url)
    assert captured.exit_code == 0
    assert "\x1b" not in result.output + captured.output
