"""The names that may stand in a Principal: which are good, which are not supported yet.

Source: IAM User Guide, "AWS JSON policy elements: Principal"; IAM API Reference, CreateRole and
CreateUser for the characters of names and paths.
"""

import re

_ARN = r"arn:aws[a-z-]*"
_ACCOUNT = r"\d{12}"
_NAME = r"[\w+=,.@-]{1,64}"
_PATH = r"/(?:[\x21-\x7e]{1,510}/)?"

_USER_OR_ROLE = re.compile(rf"{_ARN}:iam::{_ACCOUNT}:(?:user|role){_PATH}{_NAME}", re.ASCII)
_ROLE_SESSION = re.compile(
    rf"{_ARN}:sts::{_ACCOUNT}:assumed-role/{_NAME}/[\w+=,.@-]{{2,64}}", re.ASCII
)
_NOT_YET = (
    (re.compile(r"\*"), "every principal"),
    (re.compile(rf"{_ACCOUNT}|{_ARN}:iam::{_ACCOUNT}:root", re.ASCII), "an account"),
    (re.compile(rf"{_ARN}:sts::{_ACCOUNT}:federated-user/.+", re.ASCII), "a federated user"),
    (re.compile(r"(?:AIDA|AROA)[A-Z0-9]{12,124}"), "a unique id"),
)
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def judge_aws(value: str) -> str | None:
    """What is wrong with a name under `AWS`: None if it is a user, a role or a role session."""
    wild = "*" in value or "?" in value
    if not wild and (_USER_OR_ROLE.fullmatch(value) or _ROLE_SESSION.fullmatch(value)):
        return None
    for pattern, what in _NOT_YET:
        if pattern.fullmatch(value):
            return f"{what} as principal is not supported yet: {value}"
    hint = "no wildcards in a principal" if wild else "the ARN of a user, role or role session"
    return f'Invalid principal in policy: "AWS":"{value}"; {hint}'


def judge_service(value: str) -> str | None:
    """What is wrong with a name under `Service`: None if it looks like a service's domain."""
    if _SERVICE.fullmatch(value):
        return None
    return f'Invalid principal in policy: "SERVICE":"{value}"; a name like ec2.amazonaws.com'
