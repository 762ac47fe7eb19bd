"""What must not be given twice: names across kinds, ids, tokens, prefixes."""

from collections.abc import Iterable, Iterator

from imds_sim.config.arns import managed_policy_arn, serial_of
from imds_sim.config.checks.references import workload_sections
from imds_sim.config.findings import Finding, KeyPath, dotted
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.identity_providers import default_name


def check_uniqueness(configuration: Configuration) -> Iterator[Finding]:
    """Everything that would make two entries indistinguishable."""
    workloads = [(path, str(path[-1])) for path, _ in workload_sections(configuration)]
    yield from _twice(
        workloads,
        "this name",
        "; names are unique across instances, tasks, pods, functions, endpoints",
    )
    roles, users = configuration.roles, configuration.users
    accounts = [(role.account or configuration.account) for role in roles.values()]
    yield from _twice(
        [
            ((("roles", name)), f"{of} {name.lower()}")
            for name, of in zip(roles, accounts, strict=True)
        ],
        "this name",
        "; IAM names are unique without regard to case",
    )
    yield from _twice(
        [(("users", name), name.lower()) for name in users],
        "this name",
        "; IAM names are unique without regard to case",
    )
    instances = configuration.instances.items()
    yield from _twice(
        ((("roles", name, "unique_id"), role.unique_id) for name, role in roles.items()), "this id"
    )
    yield from _twice(
        (
            (("users", name, "access_keys", index, "id"), key.id)
            for name, user in users.items()
            for index, key in enumerate(user.access_keys or ())
        ),
        "this id",
    )
    yield from _twice(
        (
            (("users", name, "mfa_devices", index), serial_of(configuration, name, device.serial))
            for name, user in users.items()
            for index, device in enumerate(user.mfa_devices)
        ),
        "this serial number",
    )
    yield from _twice(
        (
            (("managed_policies", key), managed_policy_arn(configuration, key).lower())
            for key in configuration.managed_policies
        ),
        "this policy",
        "; IAM names are unique without regard to case",
    )
    clusters = {section.cluster: pod for pod, section in configuration.pods.items()}
    yield from _twice(
        [
            *((("pods", pod, "cluster"), f"eks-{name}") for name, pod in clusters.items()),
            *(
                (("oidc_providers", issuer), provider.name or default_name(issuer))
                for issuer, provider in configuration.oidc_providers.items()
                if provider.built_in
            ),
        ],
        "this name",
        "; give one of the issuers a name:",
    )
    for kind, entities in (("roles", roles), ("users", users)):
        for name, entity in entities.items():
            yield from _twice(
                (((kind, name, "tags", key), key.lower()) for key in entity.tags),
                "this tag",
                "; keys are unique without regard to case",
            )
    yield from _twice((("instances", name, "id"), each.id) for name, each in instances)
    interfaces = [
        (("instances", name, "network_interfaces", index), interface)
        for name, each in instances
        for index, interface in enumerate(each.network_interfaces)
    ]
    yield from _twice(((*path, "id"), each.id) for path, each in interfaces)
    yield from _twice((((*path, "mac"), each.mac) for path, each in interfaces), "this address")
    for key in ("private_ipv4s", "public_ipv4s", "ipv6s"):
        yield from _twice(
            (
                ((*path, key, index), str(address))
                for path, each in interfaces
                for index, address in enumerate(getattr(each, key))
            ),
            "this address",
        )
    yield from _twice(
        (
            (("instances", name, "clients", index), str(prefix))
            for name, each in instances
            for index, prefix in enumerate(each.clients)
        ),
        "this prefix",
    )
    yield from _twice(
        (("tasks", name, "credentials_id"), each.credentials_id)
        for name, each in configuration.tasks.items()
    )
    yield from _twice(
        (
            (("tasks", name, "address"), str(each.address) if each.address else None)
            for name, each in configuration.tasks.items()
        ),
        "this address",
    )
    yield from _twice(
        (
            (
                ("functions", name, "authorization_token"),
                each.authorization_token.reveal() if each.authorization_token else None,
            )
            for name, each in configuration.functions.items()
        ),
        "this token",
    )


def _twice(
    entries: Iterable[tuple[KeyPath, str | None]], what: str = "this id", why: str = ""
) -> Iterator[Finding]:
    first: dict[str, KeyPath] = {}
    for path, value in entries:
        if value is None:
            continue
        holder = first.setdefault(value, path)
        if holder is not path:
            yield Finding(path, f"{what} is given at {dotted(holder)} already{why}")
