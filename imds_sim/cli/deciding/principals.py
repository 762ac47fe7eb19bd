"""The requester that a line names, made of nothing but the name and the line's context.

A directory would know more: the path of a session's role and unique ids are taken from the context
(`aws:PrincipalArn`, `aws:userid`) where they stand there.
"""

import re
from collections.abc import Mapping

from imds_sim.cli.deciding.errors import LineInvalid, LinePath
from imds_sim.iam.context import ContextValue, RequestContext
from imds_sim.iam.document import Policy
from imds_sim.iam.entities import Role, User
from imds_sim.iam.principals import (
    AnonymousPrincipal,
    FederatedPrincipal,
    FederatedUserPrincipal,
    Requester,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)

PATH: LinePath = ("request", "principal")
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>iam|sts)::(?P<account>\d{12}):(?P<what>.+)"
)
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WEB_IDENTITY = "sts:assumerolewithwebidentity"


def requester(value: object, action: str, context: Mapping[str, ContextValue]) -> Requester:
    """Who asks. Raises LineInvalid.

    A domain is a service, but an identity provider where the action is AssumeRoleWithWebIdentity.
    """
    if isinstance(value, dict):
        if value == {"type": "Anonymous"}:
            return AnonymousPrincipal()
        raise LineInvalid.at(PATH, 'must be an ARN, a service or {"type": "Anonymous"}')
    if not isinstance(value, str):
        raise LineInvalid.at(PATH, "must be text: an ARN or a service")
    if _DOMAIN.fullmatch(value):
        if action.lower() == _WEB_IDENTITY:
            return FederatedPrincipal(value)
        return ServicePrincipal(value)
    found = _ARN.fullmatch(value)
    if found is None:
        raise LineInvalid.at(PATH, f"{value!r} is neither the ARN of a principal nor a service")
    return _of_arn(value, found, RequestContext.of(context))


def _of_arn(arn: str, found: re.Match[str], context: RequestContext) -> Requester:
    partition, account = found["partition"], found["account"]
    kind, _, rest = found["what"].partition("/")
    match found["service"], kind:
        case "iam", "root" if not rest:
            return RootPrincipal(account, partition)
        case "iam", "user" if rest:
            path, name = _split(rest)
            return UserPrincipal(User(partition, account, name, _text(context, "aws:userid"), path))
        case "iam", "role" if rest:
            path, name = _split(rest)
            return _session(partition, account, path, name, "", context)
        case "iam", "oidc-provider" | "saml-provider" if rest:
            return FederatedPrincipal(arn)
        case "sts", "assumed-role" if rest.count("/") == 1:
            name, _, session_name = rest.partition("/")
            path = _path_in(_text(context, "aws:principalarn"), account, name)
            return _session(partition, account, path, name, session_name, context)
        case "sts", "federated-user" if rest:
            return FederatedUserPrincipal(None, account, partition, rest)
        case _:
            raise LineInvalid.at(PATH, f"{arn!r} is not the ARN of a principal")


def _session(
    partition: str, account: str, path: str, name: str, session_name: str, context: RequestContext
) -> RoleSessionPrincipal:
    unique_id = _text(context, "aws:userid").partition(":")[0]
    role = Role(partition, account, name, unique_id, Policy(), path)
    return RoleSessionPrincipal(role, session_name)


def _split(rest: str) -> tuple[str, str]:
    """Path and name: `a/b` is `/a/` and `b`."""
    folders, _, name = rest.rpartition("/")
    return (f"/{folders}/" if folders else "/"), name


def _path_in(role_arn: str, account: str, name: str) -> str:
    """The path in a role's ARN, if it is the ARN of this role."""
    _, _, rest = role_arn.partition(f":{account}:role/")
    path, found = _split(rest)
    return path if found == name else "/"


def _text(context: RequestContext, key: str) -> str:
    value = context.get(key)
    return value if isinstance(value, str) else ""
