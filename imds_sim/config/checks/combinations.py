"""Keys of one section that exclude or need one another."""

from collections.abc import Iterator

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.schema.alarms import CONDITIONS
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.identity_providers import OidcProviderSection
from imds_sim.config.schema.saml_providers import SamlProviderSection
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.tasks import TaskSection
from imds_sim.config.schema.text import shown
from imds_sim.config.schema.workloads import InstanceSection
from imds_sim.workloads.instance_tags import SHOWN_KEYS, can_be_shown


def check_combinations(configuration: Configuration) -> Iterator[Finding]:
    """Two sources of one value, and keys without effect."""
    journal_file = configuration.journal.file
    for name, instance in configuration.instances.items():
        yield from _at_most_one(
            ("instances", name), instance, ("user_data", "user_data_file", "user_data_base64")
        )
        yield from _events(("instances", name), instance)
        for image in ("kernel_id", "ramdisk_id"):
            if getattr(instance, image) is not None and instance.family != "xen":
                yield Finding(
                    ("instances", name, image),
                    "paravirtual images run on Xen alone; add family: xen",
                    rests_on=(("instances", name, "family"),),
                )
        for path in instance.metadata:
            parts = path.split("/")
            for end in range(1, len(parts)):
                if (above := "/".join(parts[:end])) in instance.metadata:
                    yield Finding(
                        ("instances", name, "metadata", path),
                        f"lies below {above}, which is given too",
                    )
        placement = instance.placement
        if placement.partition_number is not None and placement.group_name is None:
            yield Finding(
                ("instances", name, "placement", "partition_number"),
                "needs a placement group; add group_name:",
                rests_on=(("instances", name, "placement", "group_name"),),
            )
        if instance.metadata_options.instance_metadata_tags == "enabled":
            for tag in instance.tags:
                if not can_be_shown(tag):
                    yield Finding(
                        ("instances", name, "tags", tag),
                        f"{shown(tag)} cannot be shown by instance_metadata_tags: {SHOWN_KEYS}",
                        rests_on=(("instances", name, "metadata_options"),),
                    )
    for path, endpoint in configuration.endpoints.items():
        keys = ("authorization_token", "authorization_token_file")
        yield from _at_most_one(("endpoints", path), endpoint, keys)
    for name, task in configuration.tasks.items():
        yield from _task(("tasks", name), task)
    for name, alarm in configuration.alarms.items():
        if not alarm.has_condition:
            yield Finding(
                ("alarms", name),
                f"counts every call; give it one of {', '.join(CONDITIONS)}",
                rests_on=tuple(("alarms", name, key) for key in CONDITIONS),
            )
    if configuration.audit.file is not None and configuration.audit.file == journal_file:
        yield Finding(("audit", "file"), "is the file of the journal too; name another one")
    for name, user in configuration.users.items():
        for index, key in enumerate(user.access_keys or ()):
            yield from _at_most_one(
                ("users", name, "access_keys", index), key, ("secret", "secret_file")
            )
    for issuer, provider in configuration.oidc_providers.items():
        yield from _check_provider(("oidc_providers", issuer), provider)
    for name, saml_provider in configuration.saml_providers.items():
        yield from _check_saml_provider(("saml_providers", name), saml_provider)
    for name, function in configuration.functions.items():
        if function.authorization_token is not None and not function.snap_start:
            yield Finding(
                ("functions", name, "authorization_token"),
                "has no effect without snap_start: true",
                rests_on=(("functions", name, "snap_start"),),
                warns=True,
            )


def _task(path: KeyPath, task: TaskSection) -> Iterator[Finding]:
    mode = (*path, "network_mode")
    if task.launch_type == "FARGATE" and task.network_mode != "awsvpc":
        yield Finding(
            mode, "must be awsvpc with launch_type FARGATE", rests_on=((*path, "launch_type"),)
        )
    if task.instance is not None and task.launch_type == "FARGATE":
        message = "no instance of yours runs a task with launch_type FARGATE"
        yield Finding((*path, "instance"), message, rests_on=((*path, "launch_type"),))
    if task.address is not None and task.network_mode != "awsvpc":
        message = "has no effect without network_mode awsvpc"
        yield Finding((*path, "address"), message, rests_on=(mode,), warns=True)


def _events(path: KeyPath, instance: InstanceSection) -> Iterator[Finding]:
    for kind in ("spot", "rebalance"):
        indexes = [at for at, event in enumerate(instance.events) if event.type == kind]
        for index in indexes[1:]:
            yield Finding((*path, "events", index), f"an instance has one {kind} event at most")
        if kind == "spot" and indexes and instance.life_cycle not in (None, "spot"):
            yield Finding(
                (*path, "events", indexes[0]),
                f"the instance is {instance.life_cycle}; spot events need life_cycle: spot",
                rests_on=((*path, "life_cycle"),),
            )


def _check_provider(path: KeyPath, provider: OidcProviderSection) -> Iterator[Finding]:
    """Its keys come from one place, and its signature from here or elsewhere."""
    yield from _at_most_one(path, provider, ("jwks", "jwks_file"))
    keys = [key for key in ("jwks", "jwks_file") if getattr(provider, key) is not None]
    if keys and provider.built_in:
        yield Finding(
            (*path, "built_in"), f"not together with {keys[0]}; the built-in issuer has keys"
        )
    if not keys and not provider.built_in:
        yield Finding(
            path,
            "how are its tokens verified? give one of jwks, jwks_file or built_in: true; no key "
            "set is ever fetched",
            rests_on=((*path, "jwks"), (*path, "jwks_file"), (*path, "built_in")),
        )


def _check_saml_provider(path: KeyPath, provider: SamlProviderSection) -> Iterator[Finding]:
    """Its keys come from its metadata, or are made here."""
    if provider.metadata_file is not None and provider.built_in:
        yield Finding(
            (*path, "built_in"), "not together with metadata_file; a built-in provider has a key"
        )
    if provider.metadata_file is None and not provider.built_in:
        yield Finding(
            path,
            "who signs its assertions? give one of metadata_file or built_in: true; no metadata is "
            "ever fetched",
            rests_on=((*path, "metadata_file"), (*path, "built_in")),
        )


def _at_most_one(path: KeyPath, section: Section, keys: tuple[str, ...]) -> Iterator[Finding]:
    given = [key for key in keys if getattr(section, key) is not None]
    for key in given[1:]:
        yield Finding((*path, key), f"not together with {given[0]}; give one of {', '.join(keys)}")
