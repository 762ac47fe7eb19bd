from pathlib import Path

import pytest

from imds_sim.cli.system.doing import Doing
from imds_sim.cli.system.service_manager import ServiceManager
from imds_sim.cli.system.units import UNITS
from tests.cli.system.conftest import Told

INSTANCE = "imds-sim-address@169.254.169.254-32.service"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def image(tmp_path: Path, said: list[str]) -> ServiceManager:
    root = tmp_path / "image"
    root.mkdir()
    return ServiceManager(root, Doing(said.append, dry_run=False), here=False)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so", id="Debian"),
        pytest.param("usr/lib64/systemd/libsystemd-shared-252.4-1.fc38.so", id="Fedora"),
        pytest.param("usr/lib/systemd/libsystemd-shared-252.so", id="Arch"),
    ],
)
def test_an_image_has_a_systemd_of_its_own(
    tmp_path: Path, image: ServiceManager, told: Told, path: str
) -> None:
    assert image.version() is None
    library = tmp_path / "image" / path
    library.parent.mkdir(parents=True)
    library.touch()
    assert image.version() == 252
    assert told() == []


def test_this_machine_is_asked_for_its_version(tmp_path: Path, told: Told) -> None:
    (tmp_path / "answer").write_text("systemd 255 (255.4-1)\n+PAM\n")
    manager = ServiceManager(Path("/"), Doing(print, dry_run=True), here=True)
    assert manager.version() == 255
    assert told() == ["systemctl --version"]


def test_units_of_an_image_are_enabled_there_and_nothing_starts_here(
    tmp_path: Path, image: ServiceManager, said: list[str], told: Told
) -> None:
    image.stop(["a.service"])
    image.disable(["b.service"])
    image.make_users()
    image.reload()
    image.enable(["a.socket", "a.service"])
    root = tmp_path / "image"
    assert told() == [
        f"systemctl --root={root} disable b.service",
        f"systemctl --root={root} enable a.socket a.service",
    ]
    assert said[-1] == "start nothing: the units start when the image boots"


def test_without_systemctl_the_line_to_run_is_said_and_links_are_taken_away(
    tmp_path: Path, image: ServiceManager, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    image.enable(["a.socket", "a.service"])
    assert said == [
        "enable nothing: systemctl is not installed here; run this in the image: "
        "systemctl enable a.socket a.service"
    ]
    wants = tmp_path / "image" / UNITS / "sockets.target.wants"
    wants.mkdir(parents=True)
    for name in ("imds-sim.socket", "imds-sim-sts.socket"):
        (wants / name).symlink_to(f"/{UNITS}/{name}")
    image.disable(["imds-sim.socket"])
    assert [link.name for link in wants.iterdir()] == ["imds-sim-sts.socket"]


def test_instances_are_those_enabled_and_on_this_machine_those_loaded(
    tmp_path: Path, image: ServiceManager, told: Told
) -> None:
    units = tmp_path / "image" / UNITS
    wants = units / "imds-sim-addresses.target.wants"
    wants.mkdir(parents=True)
    (wants / INSTANCE).symlink_to(f"/{UNITS}/imds-sim-address@.service")
    assert image.instances() == {INSTANCE}
    doing = Doing(print, dry_run=True)
    here = ServiceManager(tmp_path / "image", doing, here=True, booted=tmp_path)
    loaded = INSTANCE.replace("169.254-32", "170.2-32")
    (tmp_path / "answer").write_text(f"{loaded} loaded active exited Metadata address\n")
    assert here.instances() == {INSTANCE}  # none of ours is loaded where no template is
    (units / "imds-sim-address@.service").touch()
    assert here.instances() == {INSTANCE, loaded}
    assert told() == ["systemctl list-units --all --plain --no-legend imds-sim-address@*.service"]
