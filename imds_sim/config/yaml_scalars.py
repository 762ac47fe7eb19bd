"""What an unquoted scalar means: the core schema of YAML 1.2, not the guesses of YAML 1.1.

`on`, `off`, `yes`, `no`, dates and `1:30` are text. One deviation, for account ids: a number that
begins with a needless zero is text, so that `012345678901` keeps its zero.

Source: YAML 1.2.2, section 10.3.2.
"""

import re

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# At most 100 digits: nothing here is larger, and int() is slow, then refuses, on thousands.
_NUMBER = re.compile(
    r"""(?P<integer> [-+]? (?: 0 | [1-9][0-9]{0,99} ) )
      | 0o (?P<octal> [0-7]{1,100} )
      | 0x (?P<hexadecimal> [0-9a-fA-F]{1,100} )
      | (?P<float> [-+]? (?: \.[0-9]+ | (?: 0 | [1-9][0-9]* ) (?: \.[0-9]* )? )
                   (?: [eE][-+]?[0-9]+ )? )
      | (?P<infinite> [-+]? \.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN) )""",
    re.VERBOSE,
)


def plain_scalar(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar without tag."""
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    match match.lastgroup:
        case "integer":
            return int(text)
        case "octal":
            return int(match["octal"], 8)
        case "hexadecimal":
            return int(match["hexadecimal"], 16)
        case _:
            return float(text.replace(".", "", 1) if match["infinite"] else text)
