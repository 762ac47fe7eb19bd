"""Trust policies that name users, roles and providers which nobody can be: they are not there.

IAM refuses to store such a policy ("Invalid principal in policy"). Here it is a warning: trust
policies are copied from real accounts, whose other entities the file need not have.
"""

from collections.abc import Iterator, Mapping

from imds_sim.config.arns import provider_arns, role_arns, user_arns
from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.schema.configuration import Configuration


def check_trust(configuration: Configuration) -> Iterator[Finding]:
    """One warning for each user, role, role session or provider that the file does not have."""
    if all(role.trust is None for role in configuration.roles.values()):
        return
    roles = role_arns(configuration)
    known = {*roles.values(), *user_arns(configuration).values(), *provider_arns(configuration)}
    # A session's ARN has the role's account and name, and no path.
    without_path = {f"{arn.split(':')[4]} {name}" for name, arn in roles.items()}
    for name, role in configuration.roles.items():
        if role.trust is None:
            continue
        for path, arn in _principals(role.trust.document):
            if not _is_there(arn, known, without_path):
                yield Finding(
                    ("roles", name, "trust", *path),
                    f"nobody here can be {arn}: the file has no such {_word(arn)}",
                    warns=True,
                )


def _is_there(arn: str, known: set[str], without_path: set[str]) -> bool:
    """Whether an ARN means someone of the file; what is no user, role or session always does."""
    parts = arn.split(":", 5)
    if len(parts) != 6:
        return True
    kind, *rest = parts[5].split("/")
    match kind:
        case "user" | "role" | "oidc-provider" | "saml-provider":
            return arn in known
        case "assumed-role":
            return f"{parts[4]} {rest[0] if rest else ''}" in without_path
        case _:
            return True


def _word(arn: str) -> str:
    return "provider" if "-provider/" in arn else "user or role"


def _principals(document: Mapping[str, object]) -> Iterator[tuple[KeyPath, str]]:
    statements = document.get("Statement")
    placed: list[tuple[KeyPath, object]] = [(("Statement",), statements)]
    if isinstance(statements, list):
        placed = [(("Statement", index), each) for index, each in enumerate(statements)]
    for path, statement in placed:
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        for element in ("AWS", "Federated"):
            named = principal.get(element) if isinstance(principal, dict) else None
            at: KeyPath = (*path, "Principal", element)
            if isinstance(named, str):
                yield at, named
            elif isinstance(named, list):
                for index, each in enumerate(named):
                    if isinstance(each, str):
                        yield (*at, index), each
