"""What pydantic says is wrong, in words about the file: what is wrong and what is allowed."""

from collections.abc import Iterable

from pydantic_core import ErrorDetails

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.schema.policies import PolicyNotUnderstood
from imds_sim.config.schema.section import Section, section_at, why_not_a_key
from imds_sim.config.schema.text import kind_of

_KINDS = {
    "model_type": "a mapping of keys to values",
    "dict_type": "a mapping of names to their sections",
    "tuple_type": "a list",
}


def findings_in(errors: Iterable[ErrorDetails], top: type[Section]) -> list[Finding]:
    """Every error as one finding; a policy has one for each of its problems."""
    return [finding for error in errors for finding in _findings_of(error, top)]


def path_of(error: ErrorDetails) -> KeyPath:
    """Where the error is; pydantic marks a wrong key of a mapping by a last step of its own."""
    path = tuple(error["loc"])
    is_key = path[-1:] == ("[key]",) and error["type"] != "extra_forbidden"
    return path[:-1] if is_key else path


def _findings_of(error: ErrorDetails, top: type[Section]) -> list[Finding]:
    path = path_of(error)
    section = section_at(top, path[:-1]) if path else None
    match error["type"]:
        case "value_error":
            cause = error.get("ctx", {}).get("error")
            if isinstance(cause, PolicyNotUnderstood):
                return [Finding((*path, *inner), message) for inner, message in cause.problems]
            return [Finding(path, str(cause))]
        case "extra_forbidden" if section is not None:
            return [Finding(path, why_not_a_key(section, str(path[-1])))]
        case "missing" if section is not None:
            meaning = section.fields_by_key()[str(path[-1])].description or ""
            return [Finding(path, f"is missing: {meaning.partition('.')[0]}")]
        case kind if kind in _KINDS:
            return [Finding(path, f"must be {_KINDS[kind]}, not {kind_of(error['input'])}")]
        case _:
            return [Finding(path, error["msg"])]
