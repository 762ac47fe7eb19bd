"""Plain data against the schema; what is right in a wrong file is still checked further."""

from copy import deepcopy
from dataclasses import dataclass

from pydantic import ValidationError

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.files import FileAccess
from imds_sim.config.wording import findings_in, path_of


@dataclass(frozen=True, slots=True)
class Validated:
    """The result: `configuration` lacks what is named in `spoiled`, or is None if nothing held."""

    configuration: Configuration | None
    findings: tuple[Finding, ...] = ()
    spoiled: frozenset[KeyPath] = frozenset()


def validate(data: object, files: FileAccess) -> Validated:
    """Check every key by itself. Nothing is raised for a wrong configuration."""
    if not isinstance(data, dict):
        return Validated(None, (Finding((), "must be a mapping; begin with a key such as roles:"),))
    try:
        return Validated(Configuration.model_validate(data, context=files))
    except ValidationError as error:
        errors = error.errors(include_url=False)
    findings = tuple(findings_in(errors, Configuration))
    spoiled = frozenset(
        _cut_at(path_of(each)[:-1] if each["type"] == "missing" else path_of(each))
        for each in errors
    )
    rest = deepcopy(data)
    for path in spoiled:
        _remove(rest, path)
    try:
        return Validated(Configuration.model_validate(rest, context=files), findings, spoiled)
    except ValidationError:  # what was removed is needed elsewhere
        return Validated(None, findings, spoiled)


def _cut_at(path: KeyPath) -> KeyPath:
    """The path up to its first list: one wrong item spoils the list, or indexes would shift."""
    indexes = [place for place, part in enumerate(path) if isinstance(part, int)]
    return path[: indexes[0]] if indexes else path


def _remove(data: object, path: KeyPath) -> None:
    for part in path[:-1]:
        if not isinstance(data, dict) or part not in data:
            return
        data = data[part]
    if isinstance(data, dict) and path:
        data.pop(path[-1], None)
