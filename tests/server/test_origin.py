import os
from pathlib import Path

import pytest

from imds_sim import Simulator
from imds_sim.config.errors import ConfigInvalid, ConfigNotReadable
from imds_sim.config.load import load_config, parse_config
from imds_sim.kernel.clock import ManualClock
from imds_sim.server.origin import Origin
from imds_sim.server.state import StateUnusable
from imds_sim.server.state_lock import StateInUse
from imds_sim.simulator.core import Core

NOW = ManualClock().now()
WEB = "roles: {web: {}}\n"


def origin(text: str, keep_state: bool = True) -> Origin:
    return Origin(parse_config(text), NOW, keep_state=keep_state)


def test_a_seed_gives_the_same_key_every_time() -> None:
    assert origin("seed: 7").state_key == origin("seed: 7").state_key
    assert origin("seed: 7").state_key != origin("seed: 8").state_key


def test_without_seed_and_directory_every_start_has_a_key_of_its_own() -> None:
    assert origin(WEB).state_key != origin(WEB).state_key


def test_a_state_directory_keeps_the_key(tmp_path: Path) -> None:
    text = f"state_dir: {tmp_path / 'state'}\n"
    first = origin(text)
    first.close()
    assert origin(text).state_key == first.state_key


def test_a_private_simulator_leaves_the_state_directory_alone(tmp_path: Path) -> None:
    origin(f"state_dir: {tmp_path / 'state'}\n", keep_state=False)
    assert not (tmp_path / "state").exists()


def test_a_key_from_outside_wins(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k" * 32)
    (tmp_path / "key").chmod(0o440)
    text = f"state_key_file: {tmp_path / 'key'}\nseed: 7\nstate_dir: {tmp_path / 'state'}\n"
    assert origin(text).state_key == b"k" * 32


def test_a_key_from_outside_that_every_user_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k" * 32)
    (tmp_path / "key").chmod(0o444)
    with pytest.raises(StateUnusable, match=rf"mode 0444.*chmod o-rwx {tmp_path}/key"):
        origin(f"state_key_file: {tmp_path / 'key'}\n")


def test_one_at_a_time_has_the_state_directory(tmp_path: Path) -> None:
    text = f"state_dir: {tmp_path / 'state'}\n"
    first = origin(text)
    with pytest.raises(StateInUse, match=rf"{tmp_path}/state: process {os.getpid()} uses"):
        origin(text)
    with pytest.raises(StateInUse):
        Simulator.start(parse_config(text), as_configured=True)
    first.close()
    origin(text).close()


def test_a_start_that_failed_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "state.key").write_bytes(b"short")
    (tmp_path / "state.key").chmod(0o600)
    text = f"state_dir: {tmp_path}\n"
    with pytest.raises(StateUnusable, match="holds 5 bytes"):
        origin(text)
    (tmp_path / "state.key").unlink()
    origin(text).close()


def test_a_role_that_came_back_is_another_one_also_after_a_restart(tmp_path: Path) -> None:
    text = f"state_dir: {tmp_path / 'state'}\n"
    unique_ids = []
    for roles in (WEB, "roles: {other: {}}\n", WEB, WEB):
        each = origin(text + roles)
        world = each.first().world
        each.commit(world)
        each.close()
        unique_ids += [role.unique_id for role in world.directory.roles.values()]
    first, _, second, again = unique_ids
    assert first != second
    assert second == again


def test_a_reload_reads_the_file_anew_and_keeps_the_key(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(WEB)
    source = Origin(load_config(file), NOW, file)
    key = source.state_key
    file.write_text("roles: {web: {}, api: {}}\n")
    loaded = source.again()
    assert len(loaded.world.directory.roles) == 2
    assert source.state_key == key
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ("seed: 8\n", "seed"),
        ("seed: 7\nstate_dir: elsewhere\n", "state_dir"),
        ("seed: 7\nlisten: {admin: []}\n", "listen.admin"),
    ],
)
def test_a_change_that_needs_a_restart_is_told(tmp_path: Path, changed: str, key: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("seed: 7\n" + WEB)
    source = Origin(load_config(file), NOW, file)
    file.write_text(changed + WEB)
    [warning] = source.again().warnings
    assert warning == f"{file}: {key}: the change takes effect after a restart"


def test_a_file_that_is_wrong_or_gone_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(WEB)
    source = Origin(load_config(file), NOW, file)
    file.write_text("rols: {}")
    with pytest.raises(ConfigInvalid):
        source.again()
    file.unlink()
    with pytest.raises(ConfigNotReadable):
        source.again()


def test_without_a_file_a_reload_gives_the_world_of_the_start() -> None:
    source = origin("seed: 7\n" + WEB)
    assert source.again().world == source.first().world


def test_the_keys_of_issuers_outlive_the_process_in_the_state_directory(tmp_path: Path) -> None:
    issuer = "https://idp.example.com/realm"
    text = f"state_dir: {tmp_path}/state\noidc_providers: {{'{issuer}': {{built_in: true}}}}"

    def published() -> object:
        started = origin(text)
        core = Core(
            started.first().world,
            started.state_key,
            ManualClock(),
            started.entropy,
            started.issuer_keys,
        )
        started.close()
        issuers = core.sts.issuers
        return issuers.of(issuers.provider("realm")).jwks()

    assert published() == published()


@pytest.mark.parametrize("kind", ["a pipe", "a device"])
def test_what_can_block_or_has_given_its_content_is_not_read_again(
    tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "sim.yaml"
    file.write_text(WEB)
    first = Origin(load_config(file), NOW, file)
    file.unlink()
    if kind == "a pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    with pytest.raises(ConfigNotReadable, match=rf"{file}: is not a regular file, .* restart"):
        first.again()


def test_a_link_to_a_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "sim.yaml"
    (tmp_path / "data").write_text(WEB)
    file.symlink_to("data")
    origin_of_link = Origin(load_config(file), NOW, file)
    (tmp_path / "data").write_text(WEB + "instances: {web-1: {role: web}}\n")
    assert [*origin_of_link.again().world.resolver.workloads] == ["web-1"]
