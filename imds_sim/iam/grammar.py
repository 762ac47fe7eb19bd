"""The grammar of trust policies: plain data in, a policy or every problem at once out.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and "AWS JSON policy elements:
Principal". Refusals begin with the words of UpdateAssumeRolePolicy where they are known.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from imds_sim.iam.condition_grammar import read_conditions
from imds_sim.iam.conditions import Condition
from imds_sim.iam.document import Effect, Policy, PrincipalKind, PrincipalName, Statement
from imds_sim.iam.errors import DocumentPath, PolicyInvalid
from imds_sim.iam.principal_names import judge_aws, judge_service
from imds_sim.iam.reader import Reader, closest, shown, step

VERSION_WITH_VARIABLES = "2012-10-17"
VERSIONS = ("2008-10-17", VERSION_WITH_VARIABLES)
TOP_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_JUDGES: Mapping[PrincipalKind, Callable[[str], str | None]] = {
    PrincipalKind.AWS: judge_aws,
    PrincipalKind.SERVICE: judge_service,
}
_SID = re.compile(r"[0-9A-Za-z]*")
_ACTION = re.compile(r"sts:[A-Za-z0-9*?]+", re.IGNORECASE | re.ASCII)

_Element = Mapping[object, object]


def parse_trust_policy(document: object) -> Policy:
    """Read a trust policy from decoded JSON or YAML. Raises PolicyInvalid with every problem."""
    reader = Reader()
    policy = _read_policy(reader, document)
    if policy is None or reader.problems:
        raise PolicyInvalid(reader.problems)
    return policy


def _read_policy(reader: Reader, document: object) -> Policy | None:
    if not isinstance(document, Mapping):
        reader.wrong((), "Syntax error in policy: a policy is an object with a Statement")
        return None
    reader.check_elements(document, TOP_ELEMENTS, ())
    version = document.get("Version")
    if "Version" in document and version not in VERSIONS:
        reader.wrong(
            ("Version",),
            f'The policy must contain a valid version string: "{VERSIONS[1]}" or "{VERSIONS[0]}"',
        )
    statements = _read_statements(reader, document, variables=version == VERSION_WITH_VARIABLES)
    return Policy(
        tuple(statements),
        version if isinstance(version, str) else None,
        reader.text(document.get("Id"), ("Id",)),
    )


def _read_statements(reader: Reader, document: _Element, *, variables: bool) -> Iterable[Statement]:
    path: DocumentPath = ("Statement",) if "Statement" in document else ()
    value = document.get("Statement")
    if not value:
        reader.wrong(path, "Could not parse the policy: Statement is empty!")
        return
    if isinstance(value, Mapping):
        placed: list[tuple[DocumentPath, object]] = [(path, value)]
    elif isinstance(value, list):
        placed = [((*path, index), each) for index, each in enumerate(value)]
    else:
        reader.wrong(path, "Syntax error in policy: Statement is an object or a list of them")
        return
    sids: set[str] = set()
    for at, each in placed:
        if not isinstance(each, Mapping):
            reader.wrong(at, "Syntax error in policy: a statement is an object")
            continue
        statement = _read_statement(reader, each, at, variables=variables)
        if statement is not None and statement.sid:
            if statement.sid in sids:
                reader.wrong((*at, "Sid"), "The Statement Ids in the policy are not unique")
            sids.add(statement.sid)
        if statement is not None:
            yield statement


def _read_statement(
    reader: Reader, element: _Element, path: DocumentPath, *, variables: bool
) -> Statement | None:
    reader.check_elements(element, STATEMENT_ELEMENTS, path)
    if "Resource" in element:
        reader.wrong((*path, "Resource"), "Has prohibited field Resource")
    if "NotResource" in element:
        reader.wrong((*path, "NotResource"), "AssumeRole policy must not contain resources.")
    sid = reader.text(element.get("Sid"), (*path, "Sid"))
    if sid is not None and not _SID.fullmatch(sid):
        reader.wrong((*path, "Sid"), "Syntax error in policy: a Sid has letters and digits only")
    effect = _read_effect(reader, element, path)
    principals = _read_principals(reader, element, path)
    actions = _read_actions(reader, element, path)
    conditions: list[Condition] = []
    if "Condition" in element:
        conditions = read_conditions(
            reader, element["Condition"], (*path, "Condition"), variables=variables
        )
    if effect is None:
        return None
    return Statement.of(effect, principals, actions, conditions, sid)


def _read_effect(reader: Reader, element: _Element, path: DocumentPath) -> Effect | None:
    if "Effect" not in element:
        reader.wrong(path, "Missing required field Effect: Allow or Deny")
        return None
    value = element["Effect"]
    for effect in Effect:
        if value == effect:
            return effect
    reader.wrong((*path, "Effect"), f"Invalid effect: {shown(value)}; it is Allow or Deny")
    return None


def _read_principals(reader: Reader, element: _Element, path: DocumentPath) -> list[PrincipalName]:
    if "NotPrincipal" in element:
        reader.wrong(
            (*path, "NotPrincipal"),
            "Allow with NotPrincipal is not allowed."
            if element.get("Effect") == Effect.ALLOW
            else "AssumeRole policy must not contain NotPrincipal field.",
        )
        return []
    if "Principal" not in element:
        reader.wrong(path, "Missing required field Principal")
        return []
    value, path = element["Principal"], (*path, "Principal")
    if value == "*":
        reader.wrong(path, "every principal (*) is not supported yet")
        return []
    if not isinstance(value, Mapping):
        reader.wrong(path, "Principal must be a JSON object, e.g. {Service: ec2.amazonaws.com}")
        return []
    if not value:
        reader.wrong(path, "Missing required field Principal cannot be empty!")
    return [
        name
        for kind, names in value.items()
        for name in _read_names(reader, kind, names, (*path, step(kind)))
    ]


def _read_names(
    reader: Reader, kind: object, names: object, path: DocumentPath
) -> Iterable[PrincipalName]:
    if kind == "Federated":
        reader.wrong(path, "federated principals are not supported yet")
        return
    known = next((each for each in PrincipalKind if each == kind), None)
    if known is None:
        hint = closest(kind, (*PrincipalKind, "Federated"))
        reader.wrong(path, f'Invalid principal in policy: "{kind}"{hint}')
        return
    if names == []:
        reader.wrong(path, "Missing required field Principal cannot be empty!")
    for name, at in reader.texts(names, path, numbers=True):  # YAML reads account ids as numbers
        objection = _JUDGES[known](name)
        if objection is None:
            yield PrincipalName(known, name)
        else:
            reader.wrong(at, objection)


def _read_actions(reader: Reader, element: _Element, path: DocumentPath) -> list[str]:
    if "NotAction" in element:
        reader.wrong(
            (*path, "NotAction"),
            "Syntax error in policy: Action and NotAction exclude each other"
            if "Action" in element
            else "NotAction is not supported yet",
        )
        return []
    if element.get("Action") in (None, []):
        reader.wrong(path, "Missing required field Action")
        return []
    actions = []
    for action, at in reader.texts(element["Action"], (*path, "Action")):
        if _ACTION.fullmatch(action):
            actions.append(action)
        else:
            reader.wrong(
                at, f"AssumeRole policy may only specify STS AssumeRole actions: {action!r}"
            )
    return actions
