"""The grammar of `Action` and `NotAction`.

Source: IAM User Guide, "IAM JSON policy elements: Action"; the refusals as in `refusals`.
"""

import re
from collections.abc import Mapping

from imds_sim.iam.document import Actions
from imds_sim.iam.errors import DocumentPath
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.reader import Reader, shown
from imds_sim.iam.refusals import Refusal

_OF_TRUST = re.compile(r"sts:[A-Za-z0-9*?]+", re.IGNORECASE | re.ASCII)
_NOT_A_VENDOR = re.compile(r"[^A-Za-z0-9.-]")


def read_actions(
    reader: Reader, element: Mapping[object, object], path: DocumentPath, kind: PolicyKind
) -> Actions:
    """Read what a statement is about: exactly one of the two elements."""
    if "Action" in element and "NotAction" in element:
        reader.wrong((*path, "NotAction"), "Action and NotAction exclude each other")
        return Actions(())
    name = "NotAction" if "NotAction" in element else "Action"
    if name not in element or element[name] == []:
        reader.wrong(path, "what is it about?", Refusal.NO_ACTION)
        return Actions(())
    found = reader.texts(element[name], (*path, name), nulls=kind is not PolicyKind.TRUST)
    actions = []
    for action, at in found:
        if kind is PolicyKind.TRUST and not _OF_TRUST.fullmatch(action):
            reader.wrong(at, shown(action), Refusal.ACTION)
        elif kind is not PolicyKind.TRUST and (said := _objection(action)) is not None:
            reader.wrong(at, shown(action), Refusal.ACTION, said=said or None)
        else:
            actions.append(action)
    return Actions(tuple(actions), excluded=name == "NotAction")


def _objection(action: str) -> str | None:
    """What IAM says of an action; empty for the words of the refusal itself."""
    vendor, *rest = action.split(":")
    if not rest:
        return None if vendor == "*" else ""
    if len(rest) > 1:
        return "Actions/Condition can contain only one colon."
    if vendor != "*" and _NOT_A_VENDOR.search(vendor):
        return f"Vendor {vendor} is not valid"
    return None
