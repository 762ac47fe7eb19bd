"""Puts the files of a plan below a root directory and tells systemd; takes them away again."""

from collections.abc import Iterator
from pathlib import Path

from imds_sim.cli.system.doing import DROP_INS, Doing
from imds_sim.cli.system.errors import NotOnThisMachine
from imds_sim.cli.system.first_config import is_first_config, listen_at
from imds_sim.cli.system.service_manager import ServiceManager
from imds_sim.cli.system.units import MARK, PAGE_MARK, PAGES, TARGET, UNITS, Plan

OUR_FILES = (
    f"{UNITS}/imds-sim*",
    f"{UNITS}/{DROP_INS}/*",
    "etc/sysusers.d/imds-sim.conf",
    f"{PAGES}/man[58]/imds-sim*",
)


def install(plan: Plan, root: Path, doing: Doing, manager: ServiceManager) -> None:
    """Make what is installed below `root` that of `plan`, an older installation included.

    A configuration is written unless somebody has changed it. Where anything changes, the service
    stops first: systemd opens no further socket for one that runs. Raises NotAllowed,
    NotOnThisMachine.
    """
    manager.check()
    wanted = {root / path: text for path, text in plan.files()}
    for path in wanted:
        if path.exists() and not _is_ours(path):
            raise NotOnThisMachine(f"{path} is not ours; remove it, or install by hand")
    found = list(_ours(root))
    stale = [path for path in found if path not in wanted]
    if stale or any(path.read_text("utf-8", "replace") != wanted[path] for path in found):
        manager.stop([unit for unit in _units(found) if unit != TARGET])
    leaving = {*_units(stale), *manager.instances()}.difference(plan.enabled())
    manager.disable(sorted(leaving))
    for path in stale:
        doing.remove(path)
    for path, text in wanted.items():
        doing.write(path, text)
    _configure(plan, root, doing)
    manager.make_users()
    manager.reload()
    manager.enable(plan.enabled())


def uninstall(root: Path, doing: Doing, manager: ServiceManager) -> None:
    """Stop and remove what `install` made; configuration and state stay. Raises NotAllowed."""
    files = list(_ours(root))
    if not files:
        doing.say("nothing of imds-sim is installed")
        return
    manager.disable([*_units(files), *sorted(manager.instances())])
    for path in files:
        doing.remove(path)
    manager.reload()


def _configure(plan: Plan, root: Path, doing: Doing) -> None:
    config, text = root / plan.config.lstrip("/"), plan.first_config()
    present = config.read_text("utf-8", "replace") if config.exists() else None
    if present is None or (is_first_config(present) and present != text):
        doing.write(config, text)
    elif present != text:
        addresses = [each for some in listen_at(plan.addresses).values() for each in some]
        needed = f"; its listen must name {', '.join(addresses)}" if addresses else ""
        doing.say(f"keep {config}{'' if plan.sockets else needed}")


def _ours(root: Path) -> Iterator[Path]:
    for pattern in OUR_FILES:
        yield from (
            path for path in sorted(root.glob(pattern)) if path.is_file() and _is_ours(path)
        )


def _units(files: list[Path]) -> list[str]:
    """The units among `files`, but for the template, which is none itself."""
    return [path.name for path in files if path.parent.match(UNITS) and "@" not in path.name]


def _is_ours(path: Path) -> bool:
    return path.read_text("utf-8", "replace").startswith((MARK, PAGE_MARK))
