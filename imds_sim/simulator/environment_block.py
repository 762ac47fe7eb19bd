"""An environment for programs: what is set, what must be gone, and how both are written down."""

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from imds_sim.kernel.errors import SimError

IMDS_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"


class ValueNotWritable(SimError):
    """A value that the format asked for has no way to write."""

    exit_status = 2


class Format(StrEnum):
    """How an environment is written; `json` and `docker` can only set."""

    SHELL = "shell"
    DOTENV = "dotenv"
    JSON = "json"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True)
class Environment:
    """Variables in the order to print them; `unset` names those that would win over them.

    Holds revealed secrets, to hand them over: `repr` shows names only.
    """

    set: Mapping[str, str]
    unset: tuple[str, ...] = ()

    def with_final_slash(self) -> Self:
        """The same with a slash after the IMDS endpoint, as AWS CLI 2.9 needs it."""
        changed = {name: _slashed(name, value) for name, value in self.set.items()}
        return type(self)(changed, self.unset)

    def text(self, form: Format) -> str:
        """The environment in a format, with final line feed. Raises ValueNotWritable."""
        match form:
            case Format.SHELL:
                gone = f"unset {' '.join(self.unset)}\n" if self.unset else ""
                return gone + _lines(f"export {n}={shlex.quote(v)}" for n, v in self.set.items())
            case Format.DOTENV:
                return _lines(f"{name}={_dotenv(value)}" for name, value in self.set.items())
            case Format.JSON:
                return json.dumps(dict(self.set), indent=2) + "\n"
            case Format.DOCKER:
                return _lines(f"{name}={_docker(name, value)}" for name, value in self.set.items())

    def __repr__(self) -> str:
        return f"Environment(set={list(self.set)}, unset={list(self.unset)})"


def _slashed(name: str, value: str) -> str:
    return f"{value}/" if name == IMDS_ENDPOINT and not value.endswith("/") else value


def _lines(lines: Iterable[str]) -> str:
    return "".join([f"{line}\n" for line in lines])


def _dotenv(value: str) -> str:
    if re.fullmatch(r"[\w@%+=:,./\[\]-]*", value, re.ASCII):
        return value
    if "'" not in value and "\n" not in value:
        return f"'{value}'"
    return '"' + re.sub(r'(["\\$`])', r"\\\1", value).replace("\n", "\\n") + '"'


def _docker(name: str, value: str) -> str:
    if "\n" in value or "\r" in value:  # an --env-file has no quotes: a line is a variable
        raise ValueNotWritable(f"{name} has more than one line, which an --env-file cannot hold")
    return value
