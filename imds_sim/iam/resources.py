"""The `Resource` of a statement: ARN patterns against the ARN of a request.

Source: IAM User Guide, "IAM JSON policy elements: Resource" and "IAM policy elements: Variables
and tags"; that a pattern may leave out its last parts, cloud-copilot/iam-simulate.
"""

from collections.abc import Callable, Sequence
from operator import call
from typing import NamedTuple, Self

from imds_sim.iam.context import RequestContext
from imds_sim.iam.pattern import ARN_PARTS, Fits, compile_glob, compile_tokens
from imds_sim.iam.variables import resolved, tokens, without_variables

EVERYTHING = "*"
_SERVICE = 2  # the part whose case does not count


class Resource(NamedTuple):
    """The resource of a request, taken apart once. Without one it is `*`."""

    text: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        parts = text.split(":", ARN_PARTS - 1)
        if len(parts) > _SERVICE:
            parts[_SERVICE] = parts[_SERVICE].lower()
        return cls(text, tuple(parts))


# Whether it is the resource; None if a variable has no value, and so nothing can be.
ResourceTest = Callable[[Resource, RequestContext], bool | None]


def compile_resource(text: str, *, variables: bool) -> ResourceTest:
    """Compile one entry of `Resource` or `NotResource`."""
    if text.strip("*") == "" and text:
        return _any_resource
    parts = text.split(":", ARN_PARTS - 1)
    if len(parts) > _SERVICE:
        parts[_SERVICE] = parts[_SERVICE].lower()
    fixed = [compile_glob(part) for part in parts[: ARN_PARTS - 1]]
    if len(parts) < ARN_PARTS:
        return _compile_whole(fixed)  # `arn:aws:iam:*`: the parts that are missing may be anything
    name = tokens(parts[-1], variables=variables, wildcards=True)  # variables count only here
    plain = without_variables(name)
    if plain is not None:
        return _compile_whole([*fixed, compile_tokens(plain)])
    prefix = _compile_prefix(fixed)

    def fits(resource: Resource, context: RequestContext) -> bool | None:
        put_in = resolved(name, context)
        if put_in is None:
            return None
        return prefix(resource.parts) and compile_tokens(put_in)(resource.parts[-1])

    return fits


def _any_resource(_: Resource, __: RequestContext) -> bool:
    return True


def _compile_whole(parts: Sequence[Fits]) -> ResourceTest:
    fits = _compile_prefix(parts)
    return lambda resource, _: fits(resource.parts)


def _compile_prefix(parts: Sequence[Fits]) -> Callable[[Sequence[str]], bool]:
    """A test of an ARN's first parts; what is no ARN fits nothing."""
    return lambda presented: len(presented) == ARN_PARTS and all(map(call, parts, presented))
