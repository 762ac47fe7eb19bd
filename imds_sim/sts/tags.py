"""Session tags: which may be passed, what a chained session inherits, which value counts.

Source: IAM User Guide, "Pass session tags in AWS STS"; the refusals were recorded.
"""

from collections.abc import Mapping, Sequence

from imds_sim.sts.constraints import ABSENT, list_violations, missing, text_violations
from imds_sim.sts.errors import InvalidParameterValue
from imds_sim.sts.limits import MAX_TAGS, TAG_KEY, TAG_VALUE

Tag = tuple[str, str]
_RESERVED = "aws:"


def tag_violations(tags: Sequence[Tag], transitive_tag_keys: Sequence[str] = ()) -> list[str]:
    """The constraints of the model that the parameters `Tags` and `TransitiveTagKeys` break."""
    if found := list_violations("tags", len(tags), 0, MAX_TAGS):
        return found  # not a clause for each of a million
    for number, (key, value) in enumerate(tags, 1):
        found += text_violations(f"tags.{number}.member.key", key, TAG_KEY)
        if value is ABSENT:
            found.append(missing(f"tags.{number}.member.value"))
        else:
            found += text_violations(f"tags.{number}.member.value", value, TAG_VALUE)
    if too_many := list_violations("transitiveTagKeys", len(transitive_tag_keys), 0, MAX_TAGS):
        return found + too_many
    for number, key in enumerate(transitive_tag_keys, 1):
        found += text_violations(f"transitiveTagKeys.{number}.member", key, TAG_KEY)
    return found


def session_tags(
    tags: Sequence[Tag], transitive_tag_keys: Sequence[str], inherited: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The tags of the new session and which of them are transitive, spelt as in the tags.

    `inherited` are the transitive tags of the calling session; they stay so. Keys are compared
    without case. Raises InvalidParameterValue.
    """
    if not tags and not transitive_tag_keys:
        return dict(inherited), tuple(inherited)
    spelt = {key.lower(): key for key, _ in tags}
    if len(spelt) < len(tags):
        raise InvalidParameterValue(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    for key in spelt:
        if key.startswith(_RESERVED):  # AWS's words for STS are not known; these are IAM's kind
            raise InvalidParameterValue(
                "aws: prefixed tag key names are not allowed for external use."
            )
    if not {key.lower() for key in inherited}.isdisjoint(
        {*spelt, *(key.lower() for key in transitive_tag_keys)}
    ):
        raise InvalidParameterValue(
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session."
        )
    transitive = {key.lower(): None for key in transitive_tag_keys}  # in order, once each
    if not transitive.keys() <= spelt.keys():
        raise InvalidParameterValue(
            "The specified transitive tag key must be included in the requested tags."
        )
    return {**inherited, **dict(tags)}, (*inherited, *(spelt[key] for key in transitive))


def overlaid(tags: Mapping[str, str], over: Mapping[str, str]) -> dict[str, str]:
    """`tags` with those of `over`, which replace keys of any case."""
    if not over:
        return dict(tags)
    replaced = {key.lower() for key in over}
    kept = {key: value for key, value in tags.items() if key.lower() not in replaced}
    return {**kept, **over}
