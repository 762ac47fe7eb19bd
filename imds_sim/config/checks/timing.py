"""Credentials must be replaced in time: before they have only `min_remaining` left."""

from collections.abc import Iterator
from datetime import timedelta

from imds_sim.config.checks.references import WorkloadSection, workload_sections
from imds_sim.config.findings import Finding, KeyPath, dotted
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.workloads import FunctionSection, InstanceSection
from imds_sim.kernel.timestamps import format_duration

TASK_LIFETIME = timedelta(hours=6)
FUNCTION_LIFETIME = timedelta(hours=12)
_EVERY: KeyPath = ("credentials", "refresh_every")
_RESTS_ON: tuple[KeyPath, ...] = (
    _EVERY,
    ("credentials", "min_remaining"),
    ("credentials", "lifetime"),
)


def lifetime_of(configuration: Configuration, section: WorkloadSection) -> timedelta:
    """How long the credentials of a workload live."""
    if section.lifetime is not None:
        return section.lifetime
    if isinstance(section, InstanceSection):
        return configuration.credentials.lifetime
    is_function = isinstance(section, FunctionSection)
    return FUNCTION_LIFETIME if is_function else TASK_LIFETIME


def check_timing(configuration: Configuration) -> Iterator[Finding]:
    """One finding for each lifetime that is too short: at the workload that sets it, else once."""
    told_for_default = False
    for path, section in workload_sections(configuration):
        message = _too_short(configuration, path, section)
        if message is None:
            continue
        rests_on = (*_RESTS_ON, (*path, "lifetime"))
        if section.lifetime is not None:
            yield Finding((*path, "lifetime"), message, rests_on)
        elif not told_for_default:
            told_for_default = True
            yield Finding(_EVERY, message, rests_on)


def _too_short(configuration: Configuration, path: KeyPath, section: WorkloadSection) -> str | None:
    credentials = configuration.credentials
    lifetime = lifetime_of(configuration, section)
    roles = (section.role, getattr(section, "execution_role", None))
    if not any(roles) or credentials.refresh_every < lifetime - credentials.min_remaining:
        return None
    every, life, remaining = map(
        format_duration, (credentials.refresh_every, lifetime, credentials.min_remaining)
    )
    return (
        f"credentials of {dotted(path)} live {life}; credentials.refresh_every, {every}, must be "
        f"below that less credentials.min_remaining, {remaining}"
    )
