"""The overlay: run-time changes, laid over the world of the file to make the world that answers.

A reload keeps every change unless the file changed that very key; `reset` and a restart end them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from imds_sim.kernel.errors import SimError
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.resolve import WorkloadUnknown
from imds_sim.workloads.workload import Workload

MOST_ADDED = 1_000  # workloads; whoever starts tasks in a loop must stop some
_ABSENT = object()


class NameTaken(SimError):
    """A workload of this name is there already."""


class TooManyAdded(SimError):
    """As many workloads were added as there may be."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a workload: `path` leads to it through attributes and mappings.

    `key` is how the file spells the place, `shown` how the value is told. None takes an entry out
    of a mapping.
    """

    key: str
    path: tuple[str, ...]
    value: object
    shown: object


@dataclass(frozen=True, slots=True)
class Overlay:
    """Every change of the run, as one value. `settings` are by workload and key."""

    settings: Mapping[tuple[str, str], Setting] = field(default_factory=dict)
    added: Mapping[str, Workload] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything was changed."""
        return bool(self.settings or self.added or self.removed)

    def with_settings(self, workload: str, *settings: Setting) -> Self:
        """This, and `settings` of one workload; an older one of the same key is replaced."""
        new = {(workload, setting.key): setting for setting in settings}
        return replace(self, settings={**self.settings, **new})

    def without_settings(self, workload: str, *keys: str) -> Self:
        """This, but for the settings of these keys: there the file counts again."""
        gone = {(workload, key) for key in keys}
        kept = {place: each for place, each in self.settings.items() if place not in gone}
        return replace(self, settings=kept)

    def beyond(self, world: World) -> Self:
        """This, but for settings that say what `world`, that of the file, says already."""
        workloads = world.resolver.workloads
        kept = {
            (name, key): setting
            for (name, key), setting in self.settings.items()
            if name in self.added or not _says(workloads.get(name), setting)
        }
        return replace(self, settings=kept)

    def check_new(self, name: str, world: World) -> None:
        """Raise NameTaken or TooManyAdded if `world` can have no workload of that name more."""
        if name in world.resolver.workloads:
            raise NameTaken(f"there is a workload named {name!r} already; stop it first")
        if len(self.added) >= MOST_ADDED:
            raise TooManyAdded(f"{MOST_ADDED} workloads were added at run time; remove some first")

    def with_workload(self, workload: Workload, world: World) -> Self:
        """This, and one workload more than `world` has. Raises NameTaken, TooManyAdded."""
        self.check_new(workload.name, world)
        return replace(self, added={**self.added, workload.name: workload})

    def without_workload(self, name: str, world: World) -> Self:
        """This, but for a workload that `world` has. Raises WorkloadUnknown."""
        world.resolver.named(name)
        return replace(
            self,
            settings={place: each for place, each in self.settings.items() if place[0] != name},
            added={each: added for each, added in self.added.items() if each != name},
            removed=self.removed if name in self.added else self.removed | {name},
        )

    def over(self, world: World) -> World:
        """The world that answers, made of `world`, the one of the file."""
        if not self:
            return world
        kept = {
            name: workload
            for name, workload in world.resolver.workloads.items()
            if name not in self.removed
        }
        workloads = {**kept, **self.added}
        for (name, _), setting in self.settings.items():
            workloads[name] = written(workloads[name], setting.path, setting.value)
        return replace(world, resolver=world.resolver.of(workloads.values()))

    def carried(self, before: World, after: World) -> Self:
        """What stays when the file of `before` becomes that of `after`: what it left alone."""
        old, new = before.resolver.workloads, after.resolver.workloads
        added = {
            name: each
            for name, each in self.added.items()
            if name not in new or (name in self.removed and new[name] == old.get(name))
        }
        removed = frozenset(
            name for name in self.removed if name in new and new[name] == old.get(name)
        )
        settings = {
            (name, key): setting
            for (name, key), setting in self.settings.items()
            if name in added or _same(old.get(name), new.get(name), setting.path)
        }
        return replace(self, settings=settings, added=added, removed=removed)


def named_instance(world: World, name: str) -> Instance:
    """The instance `name`. Raises WorkloadUnknown."""
    found = world.resolver.named(name)
    if not isinstance(found, Instance):
        raise WorkloadUnknown(f"{name} is a {found.kind}, not an instance")
    return found


def written(subject: Any, path: tuple[str, ...], value: object) -> Any:
    """`subject` with `value` at `path`; nothing is changed in place."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if not isinstance(subject, Mapping):
        return replace(subject, **{step: written(getattr(subject, step), rest, value)})
    changed = {**subject, step: written(subject.get(step), rest, value)}
    if changed[step] is None:
        del changed[step]
    return changed


def _says(workload: Workload | None, setting: Setting) -> bool:
    if workload is None:
        return False
    found = _read(workload, setting.path)
    return bool(found == setting.value or (found is _ABSENT and setting.value is None))


def _same(before: Workload | None, after: Workload | None, path: tuple[str, ...]) -> bool:
    """Whether a workload is still there, of its kind, with the same value at `path`."""
    if before is None or after is None or before.kind != after.kind:
        return False
    return bool(_read(before, path) == _read(after, path))


def _read(subject: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if subject is _ABSENT:
            break
        is_mapping = isinstance(subject, Mapping)
        subject = subject.get(step, _ABSENT) if is_mapping else getattr(subject, step)
    return subject
