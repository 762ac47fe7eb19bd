"""A configuration as YAML that a person can go on with."""

from collections.abc import Mapping

import yaml

WIDTH = 100  # columns


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as they are; nothing is anchored."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write_yaml(document: Mapping[str, object]) -> str:
    """The text of a file that reads as `document`, keys in their order."""
    return yaml.dump(
        dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH
    )
