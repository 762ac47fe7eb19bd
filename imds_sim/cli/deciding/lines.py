"""A line as what is to be decided: a request, and the policies that have a say."""

import json
from collections.abc import Mapping
from typing import NoReturn

from imds_sim.cli.deciding.errors import LineInvalid, LinePath
from imds_sim.cli.deciding.policies import policy_set
from imds_sim.cli.deciding.principals import requester
from imds_sim.cli.deciding.shapes import Object, listed, mapping, only, required, text
from imds_sim.iam.context import ContextValue
from imds_sim.iam.request import EvaluationRequest, PolicySet

REQUEST: LinePath = ("request",)


def read_line(line: str) -> Object:
    """The object in a line. Raises LineInvalid, also for a key that is given twice."""
    try:
        read = json.loads(line, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise LineInvalid("nested too deep") from None
    except ValueError as error:
        raise LineInvalid(f"not JSON: {error}") from None
    return mapping(read, ())


def question(line: Object) -> tuple[EvaluationRequest, PolicySet]:
    """What a line asks. Raises LineInvalid with the first thing that is wrong."""
    asked = mapping(required(line, "request", ()), REQUEST)
    only(asked, ("principal", "action", "resource", "context"), REQUEST)
    action = text(required(asked, "action", REQUEST), (*REQUEST, "action"))
    context = _context(asked.get("context"), (*REQUEST, "context"))
    at: LinePath = (*REQUEST, "resource")
    resource = mapping(required(asked, "resource", REQUEST), at)
    only(resource, ("resource", "accountId"), at)
    account = resource.get("accountId")
    request = EvaluationRequest(
        principal=requester(required(asked, "principal", REQUEST), action, context),
        action=action,
        resource=text(required(resource, "resource", at), (*at, "resource")),
        resource_account=None if account is None else text(account, (*at, "accountId")),
        context=context,
    )
    return request, policy_set(line, request)


def _context(value: object, path: LinePath) -> Mapping[str, ContextValue]:
    """A list is a multivalued key, also with one value in it."""
    context: dict[str, ContextValue] = {}
    for key, each in mapping({} if value is None else value, path).items():
        at = (*path, key)
        if isinstance(each, list):
            context[key] = tuple(
                _scalar(item, (*at, index)) for index, item in enumerate(listed(each, at))
            )
        elif each is not None:
            context[key] = _scalar(each, at)
    return context


def _scalar(value: object, path: LinePath) -> str:
    """Text; truth values and numbers as JSON writes them."""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return text(value, path)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is given twice")
    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")
