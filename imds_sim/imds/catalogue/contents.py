"""The contents of the tree: every category is registered here and nowhere else."""

from imds_sim.imds.catalogue import (
    addresses,
    basics,
    block_devices,
    dynamic,
    events,
    iam,
    iam_ecs,
    identity_credentials,
    launch,
    managed_ssh_keys,
    metrics,
    network,
    placement,
    public_keys,
    services,
    tags,
    user_data,
)
from imds_sim.imds.tree import Content, Directory
from imds_sim.imds.versions import BUILDS, LISTED
from imds_sim.imds.view import View

META_DATA_CATEGORIES = (
    addresses.NODES,
    basics.NODES,
    block_devices.NODES,
    events.NODES,
    iam.NODES,
    iam_ecs.NODES,
    identity_credentials.NODES,
    launch.NODES,
    managed_ssh_keys.NODES,
    metrics.NODES,
    network.NODES,
    placement.NODES,
    public_keys.NODES,
    services.NODES,
    tags.NODES,
)
META_DATA: Directory[View] = Directory(
    {name: node for category in META_DATA_CATEGORIES for name, node in category.items()}
)

# The children of a version are listed without slashes, though two are directories.
VERSION: Directory[View] = Directory(
    {"dynamic": Directory(dynamic.NODES), "meta-data": META_DATA, **user_data.NODES},
    slashes=False,
)

_VERSIONS = Content("\n".join(LISTED).encode())


def look_up(view: View, names: tuple[str, ...]) -> Content | None:
    """What is at `names` from the root down; None if nothing is, or the version is unknown."""
    if not names:
        return _VERSIONS
    build = BUILDS.get(names[0])
    if build is None:
        return None
    instance = view.instance
    if instance.metadata:
        overrides = view.documents.overrides.of(instance.name, instance.metadata)
        return overrides.find(VERSION, view, names[1:], build)
    return VERSION.find(view, names[1:], build)
