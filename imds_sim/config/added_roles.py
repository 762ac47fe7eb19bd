"""Roles given in Python, beside or instead of those of a configuration."""

from collections.abc import Mapping
from pathlib import Path

from imds_sim.config.load import DEFAULT_FILE, load_config, parse_config
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.yaml_document import read_yaml


def with_roles(
    document: Path | Mapping[str, object] | None, roles: Mapping[str, object], directory: Path
) -> Configuration:
    """A file, a mapping or the default world, with `roles` added; one of the same name is replaced.

    Relative paths in a mapping and in `roles` of the default world count from `directory`, those
    of a file from where it stands. Raises ConfigInvalid, ConfigNotReadable.
    """
    data: object = document
    if document is None:
        data = {"seed": 1, **_data(DEFAULT_FILE)}
    elif isinstance(document, Path):
        data, directory = _data(load_config(document).text or ""), document.absolute().parent
    if not isinstance(data, Mapping):
        raise TypeError(f"a configuration is a mapping, not {type(data).__name__}")
    present = data.get("roles")
    mine = {**present, **roles} if isinstance(present, Mapping) else roles
    return parse_config({**data, "roles": mine}, directory=directory)


def _data(text: str) -> Mapping[str, object]:
    data = read_yaml(text).data
    return data if isinstance(data, Mapping) else {}
