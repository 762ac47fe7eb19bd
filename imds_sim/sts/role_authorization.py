"""May a caller have a session of a role? One call takes several actions, in one context.

Source: IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with
assumed roles"; the denials were recorded.
"""

from collections.abc import Mapping, Sequence

from imds_sim.iam.context import ContextValue
from imds_sim.iam.entities import Role
from imds_sim.sts import context_keys
from imds_sim.sts.authority import Authority
from imds_sim.sts.context_keys import Keys
from imds_sim.sts.signer import Asking, inherited_tags

TAG_SESSION = "sts:TagSession"
SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"
SET_CONTEXT = "sts:SetContext"


def actions_taken(
    operation: str, *, tags: bool, source_identity: bool, contexts: bool = False
) -> list[str]:
    """The actions that a call takes, `operation` first.

    `tags` and `source_identity` say whether the session will have them, passed or inherited.
    """
    further = ((TAG_SESSION, tags), (SET_SOURCE_IDENTITY, source_identity), (SET_CONTEXT, contexts))
    return [operation, *(action for action, is_taken in further if is_taken)]


def role_keys(
    authority: Authority,
    caller: Asking,
    role: Role,
    role_session_name: str,
    source_identity: str | None,
    given: Mapping[str, str],
) -> Keys:
    """The condition keys that every way to a role's session has."""
    keys = authority.keys(caller, given)
    keys |= context_keys.of_role(role, authority.directory, inherited_tags(caller))
    keys["sts:RoleSessionName"] = role_session_name
    if source_identity is not None:
        keys["sts:SourceIdentity"] = source_identity
    return keys


def permit_role(
    authority: Authority,
    caller: Asking,
    role: Role,
    actions: Sequence[str],
    keys: Mapping[str, ContextValue],
) -> None:
    """Raise AccessDenied that names the first of `actions` that is not allowed on the role."""
    for action in actions:
        authority.permit(
            caller,
            action,
            role.arn,
            keys,
            resource_account=role.account,
            resource_policy=role.trust,
        )
