"""Leaves of the metadata tree that the file sets or removes."""

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from imds_sim.config.schema.text import matching, text_of

MAX_PATH = 1024

# Printable ASCII without what has a meaning in a request target; no dot segments.
_NAME = r"(?!\.{1,2}(?:/|\Z))[!\"$&-.0->@-~]+"
_PATH = rf"(?=.{{1,{MAX_PATH}}}\Z)(?!user-data\Z){_NAME}(?:/{_NAME})*"

MetadataPath = Annotated[
    str,
    PlainValidator(
        matching(
            _PATH,
            "a path below meta-data/, or one that begins with dynamic/: names with slashes "
            f"between, {MAX_PATH} characters, no slash at its ends (user data has keys of its own)",
        )
    ),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_PATH}),
]
MetadataValue = Annotated[str, PlainValidator(text_of), WithJsonSchema({"type": "string"})]


def tree_path(path: str) -> str:
    """A path of the file from the version down."""
    return path if path.startswith("dynamic/") else f"meta-data/{path}"
