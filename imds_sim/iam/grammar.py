"""The grammar of policies: plain data in, a policy or every problem at once out.

Source: IAM User Guide, "Grammar of the IAM JSON policy language". Messages begin with AWS's words.
"""

import re
from collections.abc import Iterable, Mapping

from imds_sim.iam.action_grammar import read_actions
from imds_sim.iam.condition_grammar import read_conditions
from imds_sim.iam.conditions import Condition
from imds_sim.iam.document import VERSION_WITH_VARIABLES, Effect, Policy, Statement
from imds_sim.iam.document_bounds import NotADocument, check_bounds, decode
from imds_sim.iam.errors import DocumentPath
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principal_grammar import read_principals
from imds_sim.iam.reader import Reader, shown
from imds_sim.iam.refusals import Refusal, wording_of
from imds_sim.iam.resource_grammar import read_resources

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
# IAM and Organizations store these in the newer version only. Whether STS insists on it for session
# policies is not known; here it does not.
_NEWER_ONLY = frozenset(
    {
        PolicyKind.IDENTITY,
        PolicyKind.BOUNDARY,
        PolicyKind.SERVICE_CONTROL,
        PolicyKind.RESOURCE_CONTROL,
    }
)
_SID = re.compile(r"[0-9A-Za-z]*")

_Element = Mapping[object, object]


def parse_policy(document: object, kind: PolicyKind) -> Policy:
    """Read a policy from decoded JSON or YAML. Raises PolicyInvalid with every problem."""
    reader = Reader(wording_of(kind))
    try:
        check_bounds(document)
    except NotADocument as refused:
        reader.wrong((), str(refused))
        raise reader.invalid() from None
    policy = _read_policy(reader, document, kind)
    if policy is None or reader.problems:
        raise reader.invalid()
    return policy


def parse_policy_text(text: str, kind: PolicyKind) -> Policy:
    """Read a policy from the text of a JSON document. Raises PolicyInvalid with every problem."""
    try:
        document = decode(text)
    except NotADocument as refused:
        reader = Reader(wording_of(kind))
        reader.wrong((), str(refused), Refusal.JSON)
        raise reader.invalid() from None
    return parse_policy(document, kind)


def parse_trust_policy(document: object) -> Policy:
    """Read a role's trust policy. Raises PolicyInvalid with every problem."""
    return parse_policy(document, PolicyKind.TRUST)


def _read_policy(reader: Reader, document: object, kind: PolicyKind) -> Policy | None:
    if not isinstance(document, Mapping):
        reader.wrong((), "a policy is an object with a Statement")
        return None
    reader.check_elements(document, TOP_ELEMENTS, ())
    version = document.get("Version")
    if "Version" in document and version not in VERSIONS:
        detail = f'it is "{VERSIONS[1]}" or "{VERSIONS[0]}"'
        refusal = Refusal.VERSION if kind is PolicyKind.TRUST else Refusal.SYNTAX
        reader.wrong(("Version",), detail, refusal)
    elif kind in _NEWER_ONLY and version != VERSION_WITH_VARIABLES:
        path = ("Version",) if "Version" in document else ()
        reader.wrong(path, f'Version is "{VERSION_WITH_VARIABLES}"', Refusal.VERSION)
    variables = version == VERSION_WITH_VARIABLES
    return Policy(
        tuple(_read_statements(reader, document, kind, variables=variables)),
        version if isinstance(version, str) else None,
        _read_name(reader, document, "Id", ()),
        kind,
        tuple(reader.warnings),
    )


def _read_statements(
    reader: Reader, document: _Element, kind: PolicyKind, *, variables: bool
) -> Iterable[Statement]:
    path: DocumentPath = ("Statement",) if "Statement" in document else ()
    value = document.get("Statement")
    if not value:
        reader.wrong(path, "", Refusal.NO_STATEMENT)
        return
    if isinstance(value, Mapping):
        placed: list[tuple[DocumentPath, object]] = [(path, value)]
    elif isinstance(value, list):
        placed = [((*path, index), each) for index, each in enumerate(value)]
    else:
        reader.wrong(path, "Statement is an object or a list of them")
        return
    sids: set[str] = set()
    for at, each in placed:
        if not isinstance(each, Mapping):
            reader.wrong(at, "a statement is an object")
            continue
        statement = _read_statement(reader, each, at, kind, variables=variables)
        if statement is None:
            continue
        if statement.sid and statement.sid in sids:
            reader.wrong((*at, "Sid"), shown(statement.sid), Refusal.REPEATED_SID)
        sids.add(statement.sid or "")
        yield statement


def _read_statement(
    reader: Reader, element: _Element, path: DocumentPath, kind: PolicyKind, *, variables: bool
) -> Statement | None:
    reader.check_elements(element, STATEMENT_ELEMENTS, path)
    sid = _read_name(reader, element, "Sid", path)
    # Other resources are laxer: S3 takes blanks in a Sid.
    if sid is not None and kind is not PolicyKind.RESOURCE and not _SID.fullmatch(sid):
        reader.wrong((*path, "Sid"), "a Sid has letters and digits only")
    effect = _read_effect(reader, element, path, kind)
    principals = read_principals(reader, element, path, kind)
    actions = read_actions(reader, element, path, kind)
    resources = read_resources(reader, element, path, kind, variables=variables)
    conditions: list[Condition] = []
    if "Condition" in element:
        block, at = element["Condition"], (*path, "Condition")
        conditions = read_conditions(reader, block, at, variables=variables)
    if effect is None:
        return None
    return Statement(effect, actions, principals, resources, tuple(conditions), sid)


def _read_name(reader: Reader, element: _Element, name: str, path: DocumentPath) -> str | None:
    """A string that may be left out but not be null."""
    if name in element and element[name] is None:
        reader.wrong((*path, name), "null stands where a string is needed")
    return reader.text(element.get(name), (*path, name))


def _read_effect(
    reader: Reader, element: _Element, path: DocumentPath, kind: PolicyKind
) -> Effect | None:
    if "Effect" not in element:
        reader.wrong(path, "Allow or Deny", Refusal.NO_EFFECT)
        return None
    value = element["Effect"]
    for effect in Effect:
        if value == effect:
            return effect
    is_case = isinstance(value, str) and value.capitalize() in tuple(Effect)
    refusal = Refusal.LEGACY if is_case else Refusal.SYNTAX
    said = f"Invalid effect: {shown(value)}" if kind is PolicyKind.TRUST else None
    detail = "it is Allow or Deny" if said else f"{shown(value)} is not Allow or Deny"
    reader.wrong((*path, "Effect"), detail, refusal, said=said)
    return None
