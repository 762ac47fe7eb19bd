"""Policy variables: `${aws:username}` and `${aws:PrincipalTag/team, 'none'}`, found and resolved.

Source: IAM User Guide, "IAM policy elements: Variables and tags".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from imds_sim.iam.context import RequestContext


class Wildcard(Enum):
    """What stands for characters that are not known."""

    ANY = "*"  # any run, also none
    ONE = "?"  # exactly one


@dataclass(frozen=True, slots=True)
class Variable:
    """A condition key, in lower case, whose single value is put in; `default` if there is none."""

    key: str
    default: str | None = None

    def resolve(self, context: RequestContext) -> str | None:
        """The value. A key that is absent or multivalued has none."""
        value = context.get(self.key)
        return value if isinstance(value, str) else self.default


Token = str | Wildcard | Variable  # text of a pattern: literal characters stand in a str
Plain = Sequence[str | Wildcard]

# `${*}`, `${?}` and `${$}` are the characters themselves. What has another form is plain text.
_VARIABLE = re.compile(r"\$\{(?:(?P<plain>[*?$])|(?P<key>[^\s{},']+)(?:, '(?P<default>[^']*)')?)\}")
_WILDCARDS = re.compile(r"\*+|\?")


def tokens(text: str, *, variables: bool, wildcards: bool) -> tuple[Token, ...]:
    """Take a text of a policy apart; neighbouring literals are one."""
    found: list[Token] = []
    for token in _split(text, variables=variables, wildcards=wildcards):
        if isinstance(token, str) and found and isinstance(found[-1], str):
            found[-1] += token
        elif token != "":
            found.append(token)
    return tuple(found)


def _split(text: str, *, variables: bool, wildcards: bool) -> Iterator[Token]:
    end = 0
    for match in _VARIABLE.finditer(text) if variables else ():
        yield from _written(text[end : match.start()], wildcards=wildcards)
        end = match.end()
        if match["plain"]:
            yield match["plain"]
        else:
            yield Variable(match["key"].lower(), match["default"])
    yield from _written(text[end:], wildcards=wildcards)


def _written(text: str, *, wildcards: bool) -> Iterator[Token]:
    if not wildcards:
        yield text
        return
    end = 0
    for match in _WILDCARDS.finditer(text):
        yield text[end : match.start()]
        yield Wildcard(match[0][0])
        end = match.end()
    yield text[end:]


def resolved(unresolved: tuple[Token, ...], context: RequestContext) -> Plain | None:
    """The tokens with every variable's value as a literal; None if one has none.

    A `*` in a value is a character, never a wildcard.
    """
    result: list[str | Wildcard] = []
    for token in unresolved:
        value = token.resolve(context) if isinstance(token, Variable) else token
        if value is None:
            return None
        if isinstance(value, str) and result and isinstance(result[-1], str):
            result[-1] += value
        elif value != "":
            result.append(value)
    return tuple(result)


def without_variables(unresolved: tuple[Token, ...]) -> Plain | None:
    """The tokens if there is no variable among them, else None."""
    plain = tuple([token for token in unresolved if not isinstance(token, Variable)])
    return plain if len(plain) == len(unresolved) else None
