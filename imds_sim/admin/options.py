"""Metadata options and tags of an instance in JSON, and the changes that a body asks for.

Source: EC2 API, ModifyInstanceMetadataOptions and CreateTags; the keys are those of the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid
from imds_sim.simulator.overlay import Overlay, Setting
from imds_sim.workloads.hops import MOST_HOPS
from imds_sim.workloads.instance import Instance, MetadataOptions
from imds_sim.workloads.instance_tags import (
    MAX_KEY,
    MAX_TAGS,
    MAX_VALUE,
    SHOWN_KEYS,
    can_be_shown,
)


@dataclass(frozen=True, slots=True)
class _Choice:
    """An option that is on or off; `words` are those of the file for True and False."""

    field: str
    words: tuple[str, str] = ("enabled", "disabled")

    def shown(self, options: MetadataOptions) -> str:
        return self.words[0] if getattr(options, self.field) else self.words[1]

    def read(self, key: str, given: object) -> bool:
        if given not in self.words:
            raise BodyInvalid(f"{key} must be {' or '.join(self.words)}")
        return given == self.words[0]


@dataclass(frozen=True, slots=True)
class _Hops:
    """The hop limit, a number."""

    field: str = "http_put_response_hop_limit"

    def shown(self, options: MetadataOptions) -> int:
        return options.http_put_response_hop_limit

    def read(self, key: str, given: object) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MOST_HOPS:
            raise BodyInvalid(f"{key} must be a whole number from 1 to {MOST_HOPS}")
        return given


OPTIONS: Mapping[str, _Choice | _Hops] = {
    "http_endpoint": _Choice("http_endpoint_enabled"),
    "http_tokens": _Choice("http_tokens_required", ("required", "optional")),
    "http_put_response_hop_limit": _Hops(),
    "http_protocol_ipv6": _Choice("http_protocol_ipv6_enabled"),
    "instance_metadata_tags": _Choice("instance_tags_enabled"),
}


def options_document(instance: Instance) -> dict[str, object]:
    """The metadata options in force, as the file spells them."""
    return {key: option.shown(instance.options) for key, option in OPTIONS.items()}


def read_options(body: bytes, instance: Instance) -> tuple[Setting, ...]:
    """The options that a body sets; those it leaves out stay. Raises BodyInvalid."""
    given = read_object(body, OPTIONS)
    if given.get("instance_metadata_tags") == "enabled":
        _check_shown(instance.tags)
    settings = []
    for key, value in given.items():
        option = OPTIONS[key]
        read = option.read(key, value)
        place = ("options", option.field)
        settings.append(Setting(f"metadata_options.{key}", place, read, value))
    return tuple(settings)


def read_tags(body: bytes, instance: Instance) -> tuple[Setting, ...]:
    """The tags that a body sets, or removes with null. Raises BodyInvalid."""
    given = read_object(body)
    for key, value in given.items():
        if not 1 <= len(key) <= MAX_KEY:
            raise BodyInvalid(f"a tag key has 1 to {MAX_KEY} characters")
        if value is not None and not (isinstance(value, str) and len(value) <= MAX_VALUE):
            raise BodyInvalid(
                f"the value of tag {key!r} must be text, up to {MAX_VALUE} characters"
            )
    after = {key: each for key, each in {**instance.tags, **given}.items() if each is not None}
    if sum(not key.lower().startswith("aws:") for key in after) > MAX_TAGS:
        raise BodyInvalid(f"an instance has {MAX_TAGS} tags at most")
    if instance.options.instance_tags_enabled:
        _check_shown(after)
    return tuple(Setting(f"tags.{key}", ("tags", key), each, each) for key, each in given.items())


def overlay_document(overlay: Overlay) -> list[dict[str, object]]:
    """Every run-time change; a whole workload has no key."""
    rows: list[tuple[str, str | None, object]] = [(name, None, "added") for name in overlay.added]
    rows += [(name, None, "removed") for name in sorted(overlay.removed - overlay.added.keys())]
    rows += [(name, key, setting.shown) for (name, key), setting in overlay.settings.items()]
    return [{"workload": name, "key": key, "value": value} for name, key, value in rows]


def _check_shown(tags: Mapping[str, object]) -> None:
    for key in tags:
        if not can_be_shown(key):
            raise BodyInvalid(
                f"tag {key!r} cannot be shown by instance_metadata_tags: {SHOWN_KEYS}"
            )
