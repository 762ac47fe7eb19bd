"""A configuration made in Python as plain data, so that it meets the same rules as a file."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.kernel.secret import Secret

MAX_DEPTH = 32
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PythonDocument:
    """What a mapping says, and what in it could not stand in a file either."""

    data: object
    findings: tuple[Finding, ...]

    def position(self, path: KeyPath) -> None:
        """A mapping has no lines."""


def read_mapping(mapping: Mapping[str, object]) -> PythonDocument:
    """Copy `mapping`. Beside what YAML has it may hold tuples, timedeltas, paths and Secrets."""
    findings: list[Finding] = []
    return PythonDocument(_plain(mapping, (), findings), tuple(findings))


def _plain(value: object, path: KeyPath, findings: list[Finding]) -> object:
    if isinstance(value, str) and _SURROGATE.search(value):
        findings.append(Finding(path, "is not text of Unicode: half of a surrogate pair"))
        return None
    if value is None or isinstance(value, str | int | float | timedelta | Secret):
        return value
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if len(path) > MAX_DEPTH:
        findings.append(Finding(path, f"nested more than {MAX_DEPTH} levels deep"))
        return None
    if isinstance(value, list | tuple):
        return [_plain(item, (*path, index), findings) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        plain: dict[str, object] = {}
        for key, inner in value.items():
            if isinstance(key, str) and not _SURROGATE.search(key):
                plain[key] = _plain(inner, (*path, key), findings)
            else:
                findings.append(Finding(path, f"a key must be text, not {key!a}"))
        return plain
    findings.append(Finding(path, f"a value of type {type(value).__name__} cannot stand here"))
    return None
