"""Trust policies that name users and roles which nobody can be, because they are not there.

IAM refuses to store such a policy ("Invalid principal in policy"). Here it is a warning: trust
policies are copied from real accounts, whose other entities the file need not have.
"""

from collections.abc import Iterator, Mapping

from imds_sim.config.arns import role_arns, user_arns
from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.schema.configuration import Configuration


def check_trust(configuration: Configuration) -> Iterator[Finding]:
    """One warning for each user, role or role session that the file does not have."""
    if all(role.trust is None for role in configuration.roles.values()):
        return
    roles = role_arns(configuration)
    known = {*roles.values(), *user_arns(configuration).values()}
    # A session's ARN has the role's account and name, and no path.
    without_path = {f"{arn.split(':')[4]} {name}" for name, arn in roles.items()}
    for name, role in configuration.roles.items():
        if role.trust is None:
            continue
        for path, arn in _principals(role.trust.document):
            if not _is_there(arn, known, without_path):
                yield Finding(
                    ("roles", name, "trust", *path),
                    f"nobody here can be {arn}: the file has no such user or role",
                    warns=True,
                )


def _is_there(arn: str, known: set[str], without_path: set[str]) -> bool:
    """Whether an ARN means someone of the file; what is no user, role or session always does."""
    parts = arn.split(":", 5)
    if len(parts) != 6:
        return True
    kind, *rest = parts[5].split("/")
    match kind:
        case "user" | "role":
            return arn in known
        case "assumed-role":
            return f"{parts[4]} {rest[0] if rest else ''}" in without_path
        case _:
            return True


def _principals(document: Mapping[str, object]) -> Iterator[tuple[KeyPath, str]]:
    statements = document.get("Statement")
    placed: list[tuple[KeyPath, object]] = [(("Statement",), statements)]
    if isinstance(statements, list):
        placed = [(("Statement", index), each) for index, each in enumerate(statements)]
    for path, statement in placed:
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        named = principal.get("AWS") if isinstance(principal, dict) else None
        at: KeyPath = (*path, "Principal", "AWS")
        if isinstance(named, str):
            yield at, named
        elif isinstance(named, list):
            for index, each in enumerate(named):
                if isinstance(each, str):
                    yield (*at, index), each
