"""The grammar of `Principal` and `NotPrincipal`, which differs by kind of policy.

Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
"""

from collections.abc import Iterator, Mapping

from imds_sim.iam.document import Effect, Principals
from imds_sim.iam.errors import DocumentPath
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principal_names import EVERYONE, PrincipalKind, PrincipalName, objection_to
from imds_sim.iam.reader import Reader, closest, step
from imds_sim.iam.refusals import Refusal

_COGNITO = PrincipalName(PrincipalKind.FEDERATED, "cognito-identity.amazonaws.com")
_EMPTY = "Missing required field Principal cannot be empty!"
_NAMING = frozenset({PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.RESOURCE_CONTROL})

_Element = Mapping[object, object]


def read_principals(
    reader: Reader, element: _Element, path: DocumentPath, kind: PolicyKind
) -> Principals | None:
    """Read who a statement is for; None where the kind of policy does not say it."""
    excluded = "NotPrincipal" in element
    name = "NotPrincipal" if excluded else "Principal"
    if kind not in _NAMING:
        if name in element:
            reader.wrong((*path, name), "", Refusal.PRINCIPAL)
        return None
    if excluded and _is_refused(reader, element, path, kind):
        return None
    if name not in element:
        reader.wrong(path, "who is it for?", Refusal.NO_PRINCIPAL)
        return None
    names = tuple(_read(reader, element[name], (*path, name), kind))
    if kind is PolicyKind.TRUST and _COGNITO in names and not element.get("Condition"):
        said = "A condition block must be present for the Cognito provider"
        reader.wrong((*path, name), "", Refusal.PRINCIPAL, said=said)
    return Principals(names, excluded)


def _is_refused(reader: Reader, element: _Element, path: DocumentPath, kind: PolicyKind) -> bool:
    path = (*path, "NotPrincipal")
    if kind is PolicyKind.RESOURCE:
        if "Principal" in element:
            reader.wrong(path, "Principal and NotPrincipal exclude each other")
        return "Principal" in element
    said = "AssumeRole policy must not contain NotPrincipal field."
    if element.get("Effect") == Effect.ALLOW:
        said = "Allow with NotPrincipal is not allowed."
    reader.wrong(path, "", Refusal.PRINCIPAL, said=said)
    return True


def _read(
    reader: Reader, value: object, path: DocumentPath, kind: PolicyKind
) -> Iterator[PrincipalName]:
    if value == EVERYONE:
        if kind is PolicyKind.TRUST:
            _warn_of_everyone(reader, path)
        yield PrincipalName(PrincipalKind.AWS, EVERYONE)
        return
    if kind is PolicyKind.RESOURCE_CONTROL:
        said = "Principal must be * in a resource control policy"
        reader.wrong(path, "", Refusal.PRINCIPAL, said=said)
        return
    if not isinstance(value, Mapping):
        detail = "e.g. {Service: ec2.amazonaws.com}"
        said = "Principal must be a JSON object."
        reader.wrong(path, detail, Refusal.PRINCIPAL, said=said)
        return
    if not value:
        reader.wrong(path, "", Refusal.PRINCIPAL, said=_EMPTY)
    for element, names in value.items():
        yield from _read_names(reader, element, names, (*path, step(element)), kind)


def _read_names(
    reader: Reader, element: object, names: object, path: DocumentPath, kind: PolicyKind
) -> Iterator[PrincipalName]:
    known = [each for each in PrincipalKind if each is not PrincipalKind.CANONICAL_USER]
    if kind is PolicyKind.RESOURCE:
        known = list(PrincipalKind)
    meant = next((each for each in known if each == element), None)
    if meant is None:
        detail = closest(element, known).removeprefix("; ")
        said = f'Invalid principal in policy: "{element}"'
        reader.wrong(path, detail, Refusal.PRINCIPAL, said=said)
        return
    if names == []:
        reader.wrong(path, "", Refusal.PRINCIPAL, said=_EMPTY)
    for value, at in reader.texts(names, path, numbers=True):  # YAML reads account ids as numbers
        name = PrincipalName(meant, value)
        if (objection := objection_to(name)) is not None:
            words, _, hint = objection.partition("; ")
            reader.wrong(at, hint, Refusal.PRINCIPAL, said=words)
            continue
        if kind is PolicyKind.TRUST and value == EVERYONE:
            _warn_of_everyone(reader, at)
        yield name


def _warn_of_everyone(reader: Reader, path: DocumentPath) -> None:
    reader.warn(path, "everyone, of every account, is trusted; only conditions hold them back")
