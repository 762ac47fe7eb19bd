"""What a reload changed, in lines for a person."""

from collections.abc import Iterator, Mapping

from imds_sim.simulator.world import World


def changes(before: World, after: World) -> tuple[str, ...]:
    """One line for each thing that differs between two worlds; none if they are alike."""
    return tuple(_lines(before, after))


def _lines(before: World, after: World) -> Iterator[str]:
    for key in ("account", "region", "strict_region", "journal_capacity"):
        old, new = getattr(before, key), getattr(after, key)
        if old != new:
            yield f"{key.replace('_', ' ')} changed from {old} to {new}"
    if before.audit != after.audit:
        yield "options of the audit changed"
    if before.refresh != after.refresh:
        yield "refresh of credentials changed"
    if before.faults != after.faults:
        yield f"faults: {', '.join(str(each.scenario) for each in after.faults) or 'none'}"
    if before.weather != after.weather:
        yield f"weather: {after.weather.level if after.weather else 'calm'}"
    if before.hop_limit != after.hop_limit:
        yield f"hop limit: {after.hop_limit.mode}"
    if before.allow_clients != after.allow_clients:
        yield f"allowed clients: {', '.join(map(str, after.allow_clients)) or 'everybody'}"
    yield from _named("role", _short(before.directory.roles), _short(after.directory.roles))
    yield from _named("user", _short(before.directory.users), _short(after.directory.users))
    yield from _named(
        "managed policy",
        _short(before.directory.managed_policies),
        _short(after.directory.managed_policies),
    )
    yield from _named(
        "SAML provider",
        _short(before.directory.saml_providers),
        _short(after.directory.saml_providers),
    )
    yield from _named("account", before.directory.accounts, after.directory.accounts)
    yield from _named(
        "provider",
        _short(before.directory.oidc_providers),
        _short(after.directory.oidc_providers),
    )
    yield from _named(
        "alarm",
        {rule.name: rule for rule in before.alarms},
        {rule.name: rule for rule in after.alarms},
    )
    yield from _named("workload", before.resolver.workloads, after.resolver.workloads)
    old_default, new_default = before.resolver.default_instance, after.resolver.default_instance
    if (old_default and old_default.name) != (new_default and new_default.name):
        answers = new_default.name if new_default else "no instance"
        yield f"the shared metadata listener answers as {answers}"
    old_listeners, new_listeners = set(before.listeners), set(after.listeners)
    for listener in after.listeners:
        if listener not in old_listeners:
            yield f"{listener.surface} listens on {listener.address}"
    for listener in before.listeners:
        if listener not in new_listeners:
            yield f"{listener.surface} no longer listens on {listener.address}"


def _named(kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for name in after:
        if name not in before:
            yield f"{kind} {name} added"
        elif before[name] != after[name]:
            yield f"{kind} {name} changed"
    for name in before:
        if name not in after:
            yield f"{kind} {name} removed"


def _short(entities: Mapping[str, object]) -> dict[str, object]:
    """By name and path in place of the whole ARN."""
    return {arn.partition("/")[2]: entity for arn, entity in entities.items()}
