import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.config.errors import ConfigInvalid, ConfigNotReadable
from imds_sim.config.load import MAX_FILE, load_config, parse_config
from imds_sim.config.schema.workloads import InstanceSection

DEFAULT = "roles: {web: {}}\ninstances: {web-1: {role: web}}\n"


def test_without_a_file_there_is_an_instance_with_a_role() -> None:
    assert load_config() == parse_config(DEFAULT)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "~"])
def test_an_empty_file_is_refused_since_it_may_be_half_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "sim.yaml").write_text(text)
    with pytest.raises(ConfigInvalid, match=r"sim\.yaml:\d:1: the file is empty; write \{\}"):
        load_config(tmp_path / "sim.yaml")


def test_a_file_that_says_something_has_only_the_workloads_it_names() -> None:
    assert parse_config("region: eu-west-1").instances == {}
    assert parse_config({}).instances == {}


def test_a_section_without_content_has_its_defaults() -> None:
    configuration = parse_config("roles:\n  web:\ninstances:\ncredentials:\n")
    assert list(configuration.roles) == ["web"]
    assert configuration.instances == {}
    assert configuration.credentials.lifetime == timedelta(hours=6, minutes=35)


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    (tmp_path / "sim.yaml").write_bytes(b"\xef\xbb\xbfregion: eu-west-1\n")
    assert load_config(tmp_path / "sim.yaml").region == "eu-west-1"


@pytest.mark.parametrize(
    ("name", "message"),
    [("nothing.yaml", "No such file or directory"), ("", "Is a directory")],
)
def test_a_file_that_is_not_there_is_another_error_than_a_wrong_one(
    tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(ConfigNotReadable) as raised:
        load_config(tmp_path / name)
    assert str(raised.value) == f"{tmp_path / name}: {message}"
    assert raised.value.exit_status == 66


def test_a_wrong_file_is_refused_with_every_error_in_the_order_of_lines(tmp_path: Path) -> None:
    file = tmp_path / "sim.yaml"
    file.write_text(
        "instances:\n"
        "  web-1: {role: wbe, lifetime: 13h}\n"
        "  web-2: {role: web, extra: 1, listen: ['0.0.0.0:80']}\n"
        "roles: {web: {}}\n"
        "regoin: x\n"
        "account: 5\n"
    )
    with pytest.raises(ConfigInvalid) as raised:
        load_config(str(file))
    assert str(raised.value).splitlines() == [
        f"{file}:2:11: instances.web-1.role: no role 'wbe'; did you mean web?",
        f"{file}:2:22: instances.web-1.lifetime: 13h is too long; allowed: 15m to 12h",
        f"{file}:3:22: instances.web-2.extra: unknown key; allowed here: "
        + ", ".join(InstanceSection.fields_by_key()),
        f"{file}:3:41: instances.web-2.listen[0]: 0.0.0.0:80 could be reached from other machines; "
        "bind loopback or link-local, or set allow_public_bind: true",
        f"{file}:5:1: regoin: unknown key; did you mean region?",
        f"{file}:6:1: account: '5' is not an account id; write its 12 digits",
    ]
    assert raised.value.exit_status == 78
    first = raised.value.errors[0]
    assert (first.source, first.line, first.column, first.key) == (
        str(file),
        2,
        11,
        "instances.web-1.role",
    )


def test_a_file_that_is_no_text_is_refused_where_it_stops_being_text(tmp_path: Path) -> None:
    (tmp_path / "sim.yaml").write_bytes("# é\na: é".encode() + b"\xff")
    with pytest.raises(ConfigInvalid, match=r"sim\.yaml:2:5: not YAML: not UTF-8 text$"):
        load_config(tmp_path / "sim.yaml")


@pytest.mark.parametrize(("more", "read"), [(0, True), (1, False)])
def test_the_size_of_a_file_is_bounded(tmp_path: Path, more: int, read: bool) -> None:
    file = tmp_path / "sim.yaml"
    file.write_bytes(b"{}\n#" + b"#" * (MAX_FILE - 4 + more))
    if read:
        load_config(file)
    else:
        with pytest.raises(ConfigInvalid, match="more than 16777216 bytes"):
            load_config(file)


@pytest.mark.parametrize(
    "text",
    [
        "users: {alice: {access_keys: [{secret: abc}]}}",
        "roles: {r: {}}\nfunctions: {fn: {role: r, snap_start: true, authorization_token: abc}}",
    ],
)
@pytest.mark.parametrize(("mode", "warns"), [(0o644, True), (0o640, False), (0o600, False)])
def test_inline_secrets_that_every_user_can_read_draw_one_warning(
    tmp_path: Path, text: str, mode: int, warns: bool
) -> None:
    file = tmp_path / "sim.yaml"
    file.write_text(text)
    file.chmod(mode)
    assert stat.S_IMODE(os.stat(file).st_mode) == mode
    warnings = [str(warning) for warning in load_config(file).warnings]
    assert len(warnings) == warns
    assert all("a secret stands in a file that every user can read" in each for each in warnings)


def test_a_file_without_secrets_may_be_read_by_everyone(tmp_path: Path) -> None:
    (tmp_path / "sim.yaml").write_text("users: {alice: {}}")
    (tmp_path / "sim.yaml").chmod(0o644)
    assert load_config(tmp_path / "sim.yaml").warnings == ()


def test_files_are_named_relative_to_the_configuration_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "data").write_bytes(b"\x00raw")
    (tmp_path / "there" / "sim.yaml").write_text(
        "state_dir: state\ninstances: {web-1: {user_data_file: data}}"
    )
    monkeypatch.chdir(tmp_path)
    configuration = load_config("there/sim.yaml")
    assert configuration.instances["web-1"].user_data_file == b"\x00raw"
    assert configuration.state_dir == tmp_path / "there" / "state"


def test_no_secret_is_shown_by_a_refusal_or_by_the_configuration() -> None:
    secret = "hunter2 with blanks"
    text = (
        f"users: {{alice: {{access_keys: [{{secret: {secret}}}, {{secret: [{secret}]}}]}}}}\n"
        f"roles: {{r: {{}}}}\n"
        f"functions: {{fn: {{role: r, authorization_token: {secret}}}}}\n"
    )
    with pytest.raises(ConfigInvalid) as raised:
        parse_config(text)
    assert len(raised.value.errors) == 3
    assert "hunter2" not in str(raised.value)
    good = parse_config("users: {alice: {access_keys: [{secret: hunter2}]}}")
    assert "hunter2" not in repr(good)
