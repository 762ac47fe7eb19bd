"""Names must lead somewhere: roles of workloads, accounts, instance profiles, zones."""

from collections.abc import Iterator
from itertools import islice

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.endpoints import EndpointSection
from imds_sim.config.schema.section import nearest_of
from imds_sim.config.schema.tasks import TaskSection
from imds_sim.config.schema.text import shown
from imds_sim.config.schema.workloads import FunctionSection, InstanceSection, PodSection

MAX_SEARCHES = 20  # comparing names is slow: a file of thousands must be refused at once too
MAX_SEARCHED = 500

WorkloadSection = InstanceSection | TaskSection | PodSection | FunctionSection | EndpointSection


def workload_sections(configuration: Configuration) -> Iterator[tuple[KeyPath, WorkloadSection]]:
    """Every workload with its place, in the order in which they count."""
    for name, instance in configuration.instances.items():
        yield ("instances", name), instance
    for name, task in configuration.tasks.items():
        yield ("tasks", name), task
    for name, pod in configuration.pods.items():
        yield ("pods", name), pod
    for name, function in configuration.functions.items():
        yield ("functions", name), function
    for path, endpoint in configuration.endpoints.items():
        yield ("endpoints", path), endpoint


def check_references(configuration: Configuration) -> Iterator[Finding]:
    """Roles that are not there or of another account, profiles and zones that cannot be."""
    holders: dict[str, tuple[KeyPath, str]] = {}  # the first use of each instance profile
    hints: dict[str, str] = {}  # for each role that is not there
    for path, section in workload_sections(configuration):
        if section.role is not None:
            yield from _check_role(configuration, (*path, "role"), section.role, hints)
        if isinstance(section, TaskSection) and section.execution_role is not None:
            place = (*path, "execution_role")
            yield from _check_role(configuration, place, section.execution_role, hints)
        if isinstance(section, TaskSection) and section.instance is not None:
            yield from _check_instance(configuration, (*path, "instance"), section.instance)
        if isinstance(section, InstanceSection):
            yield from _check_profile(path, section, holders)
        if isinstance(section, InstanceSection | TaskSection | FunctionSection):
            yield from _check_zone(configuration.region, path, section)
        if isinstance(section, PodSection) and section.target_role is not None:
            at = (*path, "target_role")
            yield from _check_role(configuration, at, section.target_role, hints, anywhere=True)
    yield from _check_host(configuration)


def _check_instance(configuration: Configuration, path: KeyPath, name: str) -> Iterator[Finding]:
    """A task runs on an instance that is there."""
    if name not in configuration.instances:
        nearest = nearest_of(name, list(islice(configuration.instances, MAX_SEARCHED)))
        hint = f"did you mean {nearest}?" if nearest else "instances are declared under instances:"
        rests_on = (("instances", name),)
        yield Finding(path, f"no instance {shown(name)}; {hint}", rests_on)


def _check_host(configuration: Configuration) -> Iterator[Finding]:
    """The identity of the local endpoints, if they are on."""
    name = configuration.ecs.local_endpoints
    if name is None:
        return
    user = name.removeprefix("user/")
    if user != name:
        there, known = user in configuration.users, [f"user/{each}" for each in configuration.users]
    else:
        known = [
            str(path[-1]) for path, _ in islice(workload_sections(configuration), MAX_SEARCHED)
        ]
        there = any(path[-1] == name for path, _ in workload_sections(configuration))
    if not there:
        nearest = nearest_of(name, known)
        hint = f"did you mean {nearest}?" if nearest else "write user/NAME or a workload's name"
        yield Finding(
            ("ecs", "local_endpoints"),
            f"nobody is called {shown(name)}; {hint}",
            rests_on=(("users",), ("instances",), ("tasks",), ("functions",)),
        )


def _check_role(
    configuration: Configuration,
    path: KeyPath,
    name: str,
    hints: dict[str, str],
    *,
    anywhere: bool = False,
) -> Iterator[Finding]:
    role = configuration.roles.get(name)
    if role is None:
        if name not in hints:
            hints[name] = _hint(configuration, name, searches=len(hints))
        yield Finding(path, f"no role {shown(name)}; {hints[name]}", rests_on=(("roles", name),))
    elif not anywhere and role.account not in (None, configuration.account):
        yield Finding(
            path,
            f"role {name} is of account {role.account}; a workload takes roles of its own account, "
            f"{configuration.account}, only",
            rests_on=(("account",), ("roles", name, "account")),
        )


def _hint(configuration: Configuration, name: str, *, searches: int) -> str:
    """Looks for a name like `name`, unless there are so many that it would take long."""
    known = list(islice(configuration.roles, MAX_SEARCHED))
    nearest = nearest_of(name, known) if searches < MAX_SEARCHES else None
    return f"did you mean {nearest}?" if nearest else "roles are declared under roles:"


def _check_profile(
    path: KeyPath, instance: InstanceSection, holders: dict[str, tuple[KeyPath, str]]
) -> Iterator[Finding]:
    if instance.role is None:
        for key in ("profile", "profile_id"):
            if getattr(instance, key) is not None:
                yield Finding(
                    (*path, key),
                    "an instance profile needs a role; add role:",
                    rests_on=((*path, "role"),),
                )
        return
    profile = instance.profile or instance.role
    key = "role" if instance.profile is None else "profile"
    first, held = holders.setdefault(profile, (path, instance.role))
    if held != instance.role:
        yield Finding(
            (*path, key),
            f"instance profile {profile} holds role {held} at {'.'.join(map(str, first))}; a "
            "profile holds one role",
            rests_on=((*first, "profile"), (*path, "profile")),
        )


def _check_zone(
    region: str, path: KeyPath, section: InstanceSection | TaskSection | FunctionSection
) -> Iterator[Finding]:
    zone = section.availability_zone
    if zone is None:
        return
    rest = zone.removeprefix(region)
    if rest == zone or not (len(rest) == 1 or rest.startswith("-")):
        yield Finding(
            (*path, "availability_zone"),
            f"{zone} is not in region {region}; write it like {region}a",
            rests_on=(("region",),),
        )
