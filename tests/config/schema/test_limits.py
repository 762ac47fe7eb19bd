"""Both sides of every limit that a single key has."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

RSA = base64.b64encode(b"\x00\x00\x00\x07ssh-rsa" + b"\x00" * 20).decode()
ED25519 = base64.b64encode(b"\x00\x00\x00\x0bssh-ed25519" + b"\x00" * 36).decode()


def is_taken(refusal: Callable[[str], list[str]], key: str, value: str) -> bool:
    """Whether `key` may hold `value`, YAML in one line; other errors do not count."""
    text = value
    for part in reversed(key.split(".")):
        text = f"[{text}]" if part == "0" else f"{{{part}: {text}}}"
    dotted = key.replace(".0", "[0]")
    return not any(f": {dotted}: " in line for line in refusal(text))


def rows(key: str, taken: list[str], refused: list[str]) -> list[tuple[str, str, bool]]:
    return [(key, value, True) for value in taken] + [(key, value, False) for value in refused]


LIMITS = [
    *rows(
        "account",
        ["111122223333", "'111122223333'", "012345678901", "'000000000000'"],
        ["11112222333", "1111222233334", "'11112222333x'", "-11122223333", "1e12", "null"],
    ),
    *rows(
        "region",
        ["us-east-1", "us-gov-west-1", "cn-northwest-1", "eusc-de-east-1", "us-isob-east-1"],
        ["us-east", "us-east-1a", "US-EAST-1", "useast1", "aws-global", "'us-east-1 '",
         "us--east-1"],
    ),
    *rows("seed", ["0", "-1", "text", "null"], ["''", "true", "1.5", "[]"]),
    *rows("drain_timeout", ["0s", "0", "10m"], ["10m1s", "1", "-1s"]),
    *rows("credentials.lifetime", ["15m", "12h"], ["14m59s", "12h1s", "0s", "1d"]),
    *rows("credentials.refresh_every", ["1s", "1500ms", "6h"], ["999ms", "0s", "12h1s"]),
    *rows("credentials.min_remaining", ["0s", "5h"], ["12h1ms"]),
    *rows("instances.i.life_cycle", ["on-demand", "spot", "scheduled", "capacity-block", "null"],
          ["Spot", "reserved"]),
    *rows("instances.i.events.0", ["{type: spot}", "{type: spot, action: hibernate, in: 3650d}",
                                   "{type: maintenance, state: canceled}",
                                   "{type: lifecycle, state: InService}"],
          ["{type: spot, action: terminate, code: system-reboot}", "{type: lifecycle}",
           "{type: lifecycle, state: active}", "{type: maintenance, state: InService}",
           "{type: rebalance, notice: 1m}",
           "{type: rebalance, in: 1m, at: '2026-01-02T03:04:05Z'}"]),
    *rows("instances.i.events.0.type", ["rebalance"], ["Spot", "reboot"]),
    *rows("instances.i.events.0.in", ["0s", "3650d"], ["3651d", "-1s", "1"]),
    *rows("instances.i.events.0.at", ["'2026-01-02T03:04:05Z'", "'2000-01-01T00:00:00+00:00'"],
          ["'2026-01-02T03:04:05'", "tomorrow", "'1999-12-31T00:00:00Z'"]),
    *rows("instances.i.events.0.description", ["x", "x" * 255], ["''", "x" * 256]),
    *rows("instances.i.metadata_options.http_put_response_hop_limit", ["1", "64"],
          ["0", "65", "'1'", "true", "1.0"]),
    *rows("instances.i.throttle.rate", ["0.001", "1000000"], ["0", "1000001", "fast", "true"]),
    *rows("instances.i.throttle.burst", ["1", "1000000"], ["0", "1000001", "1.5"]),
    *rows("hop_limit.mode", ["wire", "virtual"], ["on", "true"]),
    *rows("instances.i.launch_index", ["0", "999999"], ["-1", "1000000"]),
    *rows("instances.i.metadata.leaf", ["x", "''", "null"], ["5", "[]", "{}"]),
    *rows("journal.capacity", ["0", "1000000"], ["-1", "1000001", "1.0"]),
    *rows("log.format", ["auto", "text", "json", "journald"], ["TEXT", "xml"]),
    *rows("log.level", ["debug", "error"], ["INFO", "trace"]),
    *rows(
        f"users.{'u' * 64}.path", ["/", "/a/", "/a/b/", f"/{'p' * 510}/"],
        ["''", "a", "/a", "a/", "'/a b/'", "//", f"/{'p' * 511}/", "/é/"],
    ),
    *rows(f"users.{'u' * 64}", ["{}"], []),
    *rows(f"users.{'u' * 65}", [], ["{}"]),
    *rows("users.\"a+=,.@_-B9\"", ["{}"], []),
    *rows("users.alice.access_keys.0.id", ["A" * 16, "A" * 128, "AKIA_EXAMPLE_KEY1"],
          ["A" * 15, "A" * 129, "AKIA-EXAMPLE-KEY1", "ASIAIOSFODNN7EXAMPLE"]),
    *rows("users.alice.access_keys.0.secret", ["s", "s" * 128, "'12345'"],
          ["''", "s" * 129, "'a b'", "é", "12345"]),
    *rows(f"roles.{'r' * 64}", ["{}"], []),
    *rows(f"roles.{'r' * 65}", [], ["{}"]),
    *rows("roles.web.unique_id", ["AROA" + "A" * 17, "AROA" + "9" * 17],
          ["AROA" + "A" * 16, "AROA" + "A" * 18, "AIDA" + "A" * 17, "AROA" + "a" * 17]),
    *rows("roles.web.max_session_duration", ["1h", "12h"], ["59m59s", "12h1s", "3600"]),
    *rows("roles.web.trust", ["none", "null"], ["nobody", "[]", "{}", "5"]),
    *rows("users.alice.mfa_devices.0.seed", ["A" * 16, "A" * 128, "jbswy3dpehpk3pxp",
          "JBSWY3DPEHPK3PXP======"], ["A" * 8, "A" * 136, "AAAAAAAAAAAAAAA1", "'234567'", "2345"]),
    *rows("users.alice.mfa_devices.0.serial", ["GAHT12345", "arn:aws:iam::111122223333:mfa/a"],
          ["GAHT1234", "'has a blank'", "s" * 257]),
    *rows(f"roles.web.tags.{'k' * 128}", [f"'{'v' * 256}'", "''", "a b_.:/=+-@é"],
          [f"'{'v' * 257}'", "5", "'a*b'"]),
    *rows(f"roles.web.tags.{'k' * 129}", [], ["v"]),
    *rows("users.alice.tags", ["null", "{}"], ["[]", "text"]),
    *rows("roles.web.permissions_boundary", ["null"], ["{}", "[]", "true", "'a b'", "''"]),
    *rows(f"roles.web.policies.{'p' * 128}", [], ["null", "{}", "'a b'", "arn:aws:s3:::b", "5"]),
    *rows("roles.web.policies", ["null", "{}"], ["[]", "text"]),
    *rows("managed_policies.p", [], ["null", "text", "{}", "[]"]),
    *rows("accounts.111122223333", ["{}", "null"], ["[]"]),
    *rows("accounts.11112222333", [], ["{}"]),
    *rows("accounts.111122223333.organization.id",
          ["o-a1b2c3d4e5", f"o-{'a' * 32}", "null"],
          ["o-a1b2c3d4e", f"o-{'a' * 33}", "a1b2c3d4e5", "o-A1B2C3D4E5"]),
    *rows("instances.web-1.id", ["i-0a1b2c3d", "i-0123456789abcdef0"],
          ["i-0a1b2c3", "i-0A1B2C3D", "i-0123456789abcdef", "i-0123456789abcdef01", "0a1b2c3d"]),
    *rows("instances.web-1.image_id", ["ami-0a1b2c3d", "ami-0123456789abcdef0"], ["ami-1", "0"]),
    *rows("instances.web-1.reservation_id", ["r-0a1b2c3d", "r-0123456789abcdef0", "null"],
          ["r-0a1b2c3", "r-0A1B2C3D", "0a1b2c3d"]),
    *rows("instances.web-1.launch_time",
          ["2026-01-02T03:04:05Z", "'2024-02-29T23:59:59Z'", "null"],
          ["2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05+01:00", "2026-01-02 03:04:05Z",
           "2025-02-29T00:00:00Z", "2026-01-02T24:00:00Z", "now", "5"]),
    *rows("instances.web-1.profile_id", [],
          ["AIPAEXAMPLE7WEB0PROF", "AIPAEXAMPLE7WEB0PROFIL", "AROAEXAMPLE7WEB0PROFI"]),
    *rows("instances.web-1.profile", [], ["p" * 129, "'a b'", "''"]),
    *rows("instances.web-1.instance_type",
          ["m7g.large", "u-6tb1.metal", "mac2-m2pro.metal", "m7i-flex.8xlarge", "m8g.metal-24xl"],
          ["m7g", "M7g.large", "m7g.", ".large", "m7g.large.x"]),
    *rows("instances.web-1.availability_zone",
          ["us-east-1a", "us-east-1-bos-1a", "us-east-1-wl1-bos-wlz-1"],
          ["us-east-1", "us-west-2a", "us-east-1ab", "us-east-1A", "us-east-11a"]),
    *rows("instances.web-1.listen.0",
          ["127.0.0.1:0", "127.0.0.1:65535", "'[::1]:80'", "169.254.169.254:80",
           "'[fd00:ec2::254]:80'", f"unix:/{'s' * 102}"],
          ["127.0.0.1", "127.0.0.1:65536", "localhost:80", "'::1:80'", "0.0.0.0:80", "192.0.2.1:80",
           "'[::]:80'", "'[2001:db8::1]:80'", "unix:s", f"unix:/{'s' * 103}", f"fd:{'n' * 256}"]),
    *rows("instances.web-1.clients.0",
          ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "'::1'", "'2001:db8::/32'"],
          ["10.0.0.1/8", "10.0.0.0/33", "host", "10", "'::ffff:10.0.0.0/104'"]),
    *rows("instances.web-1.lifetime", ["15m", "12h", "null"], ["14m59s", "12h1s"]),
    *rows("instances.web-1.user_data", ["x" * 16384, "é" * 8192], ["x" * 16385, "é" * 8193, "5"]),
    *rows("instances.web-1.user_data_base64",
          [base64.b64encode(b"x" * 16384).decode(), "'QU JD'"],
          [base64.b64encode(b"x" * 16385).decode(), "QUJ", "'Q-J_'", "é"]),
    *rows("instances.web-1.public_keys.k",
          [f"ssh-rsa {RSA}", f"ssh-ed25519 {ED25519} some comment"],
          [f"ssh-rsa {ED25519}", "ssh-rsa", "ssh-rsa AAA", f"ssh-dss {RSA}", RSA,
           f'"ssh-rsa {RSA}\\nssh-rsa {RSA}"']),
    *rows(f"instances.web-1.public_keys.{'k' * 255}", [f"ssh-rsa {RSA}"], []),
    *rows(f"instances.web-1.public_keys.{'k' * 256}", [], [f"ssh-rsa {RSA}"]),
    *rows(f"instances.{'i' * 64}", ["{}"], []),
    *rows(f"instances.{'i' * 65}", [], ["{}"]),
    *rows("instances.-x", [], ["{}"]),
    *rows("tasks.t.cluster", ["c" * 255, "a_b-C9"], ["c" * 256, "''", "a.b"]),
    *rows("tasks.t.credentials_id", ["a", "i" * 128, "a.b~c_d-e"],
          ["i" * 129, "''", "a/b", "..", "'a b'", "5"]),
    *rows("functions.fn", ["{role: r}"], []),
    *rows("functions.f", [], ["{role: r}"]),
    *rows(f"functions.{'f' * 64}", ["{role: r}"], []),
    *rows(f"functions.{'f' * 65}", [], ["{role: r}"]),
    *rows("functions.fn.authorization_token", ["t", "t" * 128], ["''", "t" * 129, "'a b'"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [pytest.param(*row, id=f"{row[0][:40]}: {row[1][:30]!a} of {len(row[1])}") for row in LIMITS],
)
def test_a_key_takes_what_aws_takes(
    refusal: Callable[[str], list[str]], key: str, value: str, taken: bool
) -> None:
    assert is_taken(refusal, key, value) is taken


@pytest.mark.parametrize(
    ("content", "taken"),
    [
        pytest.param(b"k" * 32, True, id="32 bytes as they are"),
        pytest.param(b"k" * 31, False, id="31 bytes"),
        pytest.param(b"k" * 33, False, id="33 bytes"),
        pytest.param(b"0f" * 32 + b"\n", True, id="64 hexadecimal digits"),
        pytest.param(b"0f" * 31 + b"\n", False, id="62 hexadecimal digits"),
        pytest.param(base64.b64encode(b"k" * 32), True, id="base64"),
        pytest.param(base64.b64encode(b"k" * 31), False, id="base64 of 31 bytes"),
        pytest.param(b"", False, id="nothing"),
        pytest.param(b"\xff" * 2000, False, id="too much"),
    ],
)
def test_a_state_key_has_32_bytes(
    refusal: Callable[[str], list[str]], tmp_path: Path, content: bytes, taken: bool
) -> None:
    (tmp_path / "key").write_bytes(content)
    assert is_taken(refusal, "state_key_file", "key") is taken


@pytest.mark.parametrize(
    ("content", "taken"),
    [
        (b"secret\n", True),
        (b"secret\r\n", True),
        (b"s" * 128, True),
        (b"s" * 129, False),
        (b"two\nlines\n", False),
        (b"", False),
        (b"\xff", False),
    ],
)
def test_a_secret_file_holds_one_secret(
    refusal: Callable[[str], list[str]], tmp_path: Path, content: bytes, taken: bool
) -> None:
    (tmp_path / "secret").write_bytes(content)
    assert is_taken(refusal, "users.alice.access_keys.0.secret_file", "secret") is taken


@pytest.mark.parametrize(("size", "taken"), [(16384, True), (16385, False)])
def test_a_file_of_user_data_has_at_most_16_kib(
    refusal: Callable[[str], list[str]], tmp_path: Path, size: int, taken: bool
) -> None:
    (tmp_path / "data").write_bytes(b"\x00" * size)
    assert is_taken(refusal, "instances.web-1.user_data_file", "data") is taken


def test_a_named_file_that_cannot_be_read_is_an_error_at_its_key(
    refusal: Callable[[str], list[str]], tmp_path: Path
) -> None:
    (tmp_path / "dir").mkdir()
    text = "instances: {{a: {{user_data_file: {}}}}}"
    key = "1:17: instances.a.user_data_file: "
    assert refusal(text.format("nope")) == [key + "there is no file 'nope'"]
    assert refusal(text.format("dir")) == [key + "'dir' is not a file"]
    assert refusal(text.format("n" * 300)) == [
        key + "'" + "n" * 77 + "...' cannot be read: File name too long"
    ]


def test_an_instance_profile_may_have_a_longer_name_than_a_role(
    refusal: Callable[[str], list[str]],
) -> None:
    text = f"roles: {{r: {{}}}}\ninstances: {{a: {{role: r, profile: {'p' * 128}}}}}"
    assert refusal(text) == []
