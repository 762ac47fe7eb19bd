"""The `Action` of a statement: `sts:AssumeRole`, `sts:Assume*`, `*`; case does not count.

Source: IAM User Guide, "IAM JSON policy elements: Action".
"""

from collections.abc import Callable, Sequence

from imds_sim.iam.pattern import Fits, compile_glob

ActionTest = Callable[[str], bool]  # of an action in lower case


def compile_actions(patterns: Sequence[str]) -> ActionTest:
    """A test of whether any of `patterns` fits."""
    exact = frozenset(text.lower() for text in patterns if not {"*", "?"} & set(text))
    globs = [fits for fits in map(_compile, patterns) if fits is not None]
    if not globs:
        return exact.__contains__
    return lambda action: action in exact or any(fits(action) for fits in globs)


def _compile(text: str) -> Fits | None:
    """The test of one pattern with wildcards; None if it has none, or can match nothing.

    A service has no wildcards, but that `*:*` is taken for `*`; many documents have it.
    """
    service, colon, name = text.lower().partition(":")
    if not {"*", "?"} & set(text):
        return None
    if not colon or (service, name) == ("*", "*"):
        return compile_glob("*") if service == "*" else None
    if {"*", "?"} & set(service):
        return None
    return compile_glob(f"{service}:{name}")
