"""Tags of roles and users, and of instances, which take other characters.

Source: IAM API, `Tag`; IAM User Guide, "Rules for tagging in IAM and AWS STS"; EC2 User Guide, "Tag
your Amazon EC2 resources".
"""

import unicodedata
from typing import Annotated

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from imds_sim.config.schema.text import kind_of, shown, text_of
from imds_sim.workloads.instance_tags import MAX_KEY, MAX_TAGS, MAX_VALUE

_WORDS = "letters, digits, blanks and characters of _.:/=+-@"


def _tag_text(text: str) -> bool:
    """The class `[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]` of the API's model."""
    return all(each in "_.:/=+-@" or unicodedata.category(each)[0] in "LZN" for each in text)


def _key(value: object) -> str:
    text = text_of(value)
    if not (1 <= len(text) <= MAX_KEY and _tag_text(text)):
        raise ValueError(f"{shown(text)} is not a tag key: 1 to {MAX_KEY} {_WORDS}")
    if text.lower().startswith("aws:"):
        raise ValueError(f"{shown(text)}: tag keys that begin with aws: are reserved")
    return text


def _value(value: object) -> str:
    text = text_of(value)
    if not (len(text) <= MAX_VALUE and _tag_text(text)):
        raise ValueError(f"{shown(text)} is not a tag value: up to {MAX_VALUE} {_WORDS}")
    return text


def _bounded(value: object) -> object:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"must be a mapping of tag keys to values, not {kind_of(value)}")
    # Tags of AWS's own do not count; IAM has none.
    count = sum(not str(key).lower().startswith("aws:") for key in value)
    if count > MAX_TAGS:
        raise ValueError(f"{count} tags; allowed: {MAX_TAGS}")
    return value


TagKey = Annotated[
    str,
    PlainValidator(_key),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_KEY}),
]
TagValue = Annotated[
    str, PlainValidator(_value), WithJsonSchema({"type": "string", "maxLength": MAX_VALUE})
]
Tags = Annotated[dict[TagKey, TagValue], BeforeValidator(_bounded)]


def _instance_tag_key(value: object) -> str:
    text = text_of(value)
    if not 1 <= len(text) <= MAX_KEY:
        raise ValueError(f"{shown(text)} is not a tag key: 1 to {MAX_KEY} characters")
    return text


def _instance_tag_value(value: object) -> str:
    text = text_of(value)
    if len(text) > MAX_VALUE:
        raise ValueError(f"{shown(text)} is not a tag value: up to {MAX_VALUE} characters")
    return text


InstanceTags = Annotated[
    dict[
        Annotated[
            str,
            PlainValidator(_instance_tag_key),
            WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_KEY}),
        ],
        Annotated[
            str,
            PlainValidator(_instance_tag_value),
            WithJsonSchema({"type": "string", "maxLength": MAX_VALUE}),
        ],
    ],
    BeforeValidator(_bounded),
]
