import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.server.projected import ProjectedTokens, TokensNotWritable, folder_beside
from tests.simulator.scenes import Scene, scene_of

WORLD = """
roles: {orders: {}}
pods:
  api-1: {role: orders}
  api-2: {role: orders}
"""
POD_IDENTITY = "api-1/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
IRSA = "api-1/eks.amazonaws.com/serviceaccount/token"


@pytest.fixture
def scene() -> Scene:
    return scene_of(WORLD)


@pytest.fixture
def projected(tmp_path: Path, scene: Scene) -> ProjectedTokens:
    tokens = ProjectedTokens(tmp_path / "pods", scene.core)
    tokens.renew()
    return tokens


def claims(file: Path) -> dict[str, object]:
    payload = file.read_text().split(".")[1]
    found: dict[str, object] = json.loads(urlsafe_b64decode(payload + "=="))
    return found


def files(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def test_every_pod_has_a_token_for_eks_and_one_for_the_sts(projected: ProjectedTokens) -> None:
    folder = projected.folder
    assert len(files(folder)) == 4
    said = claims(folder / POD_IDENTITY)
    assert said["aud"] == ["pods.eks.amazonaws.com"]
    assert said["sub"] == "system:serviceaccount:default:default"
    assert claims(folder / IRSA)["aud"] == ["sts.amazonaws.com"]


def test_files_are_for_their_user_alone_and_without_line_feed(projected: ProjectedTokens) -> None:
    file = projected.folder / POD_IDENTITY
    assert file.stat().st_mode & 0o777 == 0o600
    assert projected.folder.stat().st_mode & 0o777 == 0o700
    assert file.read_bytes().split() == [file.read_bytes()]


@pytest.mark.parametrize(
    ("age", "replaced"),
    [
        pytest.param(timedelta(hours=19, minutes=11, seconds=59), False, id="before 80 %"),
        pytest.param(timedelta(hours=19, minutes=12), True, id="at 80 %"),
    ],
)
def test_a_token_is_replaced_at_80_percent_of_its_life(
    projected: ProjectedTokens, scene: Scene, age: timedelta, replaced: bool
) -> None:
    file = projected.folder / POD_IDENTITY
    before, inode = file.read_bytes(), file.stat().st_ino
    scene.clock.advance(age)
    projected.renew()
    assert (file.read_bytes() != before) is replaced
    assert (file.stat().st_ino != inode) is replaced


def test_a_tick_projects_a_batch_and_says_if_more_is_due(
    projected: ProjectedTokens, scene: Scene
) -> None:
    assert not projected.renew(0)
    scene.clock.advance(timedelta(days=1))
    assert projected.renew(1)
    assert not projected.renew(1)
    assert not projected.renew(0)


def test_whoever_reads_while_the_file_is_replaced_reads_one_whole_token(
    projected: ProjectedTokens, scene: Scene
) -> None:
    file = projected.folder / POD_IDENTITY
    before = file.read_bytes()
    with file.open("rb") as reader:
        beginning = reader.read(10)
        scene.clock.advance(timedelta(days=1))
        projected.renew()
        assert beginning + reader.read() == before
    assert file.read_bytes() != before


def test_a_clock_that_goes_back_replaces_tokens_that_are_not_valid_yet(
    projected: ProjectedTokens, scene: Scene
) -> None:
    file = projected.folder / POD_IDENTITY
    scene.core.advance(timedelta(days=1))
    projected.renew()
    ahead = claims(file)["nbf"]
    scene.core.reset_clock()
    projected.renew()
    assert claims(file)["nbf"] == int(scene.core.clock.now().timestamp()) != ahead


def test_a_reload_brings_and_takes_tokens(projected: ProjectedTokens, scene: Scene) -> None:
    kept = (projected.folder / POD_IDENTITY).read_bytes()
    scene.core.swap(scene.world("roles: {r: {}, orders: {}}\npods: {api-1: {role: orders}}"))
    projected.renew()
    assert len(files(projected.folder)) == 2
    assert (projected.folder / POD_IDENTITY).read_bytes() == kept
    other = "roles: {orders: {}}\npods: {api-1: {role: orders, namespace: shop}}"
    scene.core.swap(scene.world(other))
    projected.renew()
    assert claims(projected.folder / POD_IDENTITY)["sub"] == "system:serviceaccount:shop:default"


def test_at_the_end_nothing_is_left(projected: ProjectedTokens) -> None:
    projected.remove()
    assert not projected.folder.exists()


def test_a_world_without_pods_has_no_folder(tmp_path: Path) -> None:
    ProjectedTokens(tmp_path / "pods", scene_of("roles: {}").core).renew()
    assert not (tmp_path / "pods").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path, scene: Scene) -> None:
    tokens = ProjectedTokens(tmp_path / "missing" / "pods", scene.core)
    with pytest.raises(TokensNotWritable, match=r"missing/pods: No such file"):
        tokens.renew()


@pytest.mark.parametrize(
    ("socket", "folder"),
    [("/run/imds-sim/admin.sock", "/run/imds-sim/pods"), ("/tmp/a.sock", "/tmp/a.sock.pods")],
)
def test_daemons_that_share_a_folder_share_no_tokens(socket: str, folder: str) -> None:
    assert str(folder_beside(socket)) == folder
