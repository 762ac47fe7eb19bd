"""Credentials must be replaced in time: before they have only `min_remaining` left."""

from collections.abc import Iterator
from datetime import timedelta

from imds_sim.config.checks.references import WorkloadSection, workload_sections
from imds_sim.config.findings import Finding, KeyPath, dotted
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.workloads import FunctionSection, InstanceSection, PodSection
from imds_sim.kernel.timestamps import format_duration

TASK_LIFETIME = timedelta(hours=6)  # of pods too
# EKS User Guide, "Access AWS Resources using EKS Pod Identity Target IAM Roles".
CHAINED_LIFETIME = timedelta(minutes=59)
MAX_CHAINED_LIFETIME = timedelta(hours=1)
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
    if isinstance(section, PodSection) and section.target_role is not None:
        return CHAINED_LIFETIME
    is_function = isinstance(section, FunctionSection)
    return FUNCTION_LIFETIME if is_function else TASK_LIFETIME


def check_timing(configuration: Configuration) -> Iterator[Finding]:
    """One finding for each lifetime that is too short: at the workload that sets it, else once."""
    told_for_default = False
    for path, section in workload_sections(configuration):
        if isinstance(section, PodSection) and section.target_role is not None:
            yield from _check_chained(path, section)
            continue  # a refresh that would come too late is brought forward
        message = _too_short(configuration, path, section)
        if message is None:
            continue
        rests_on = (*_RESTS_ON, (*path, "lifetime"))
        if section.lifetime is not None:
            yield Finding((*path, "lifetime"), message, rests_on)
        elif not told_for_default:
            told_for_default = True
            yield Finding(_EVERY, message, rests_on)


def _check_chained(path: KeyPath, pod: PodSection) -> Iterator[Finding]:
    if pod.lifetime is not None and pod.lifetime > MAX_CHAINED_LIFETIME:
        yield Finding(
            (*path, "lifetime"),
            f"{format_duration(pod.lifetime)} is too long for a role that is assumed by a session "
            "of another; allowed: up to 1h",
            rests_on=((*path, "target_role"),),
        )


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
