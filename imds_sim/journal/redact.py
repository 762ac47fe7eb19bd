"""A request target as the journal may keep it: as sent, but for the values of secret parameters."""

import re
from urllib.parse import unquote_plus

MASK = "***"

# X-Amz-Security-Token, X-Amz-Signature, WebIdentityToken, TradeInToken, TokenCode, SAMLAssertion,
# ContextAssertion, SecretAccessKey and their like. X-Amz-Credential holds a key id, no secret.
_SECRET_NAME = re.compile(
    r"token|signature|assertion|secret|password|passwd|authorization|jwt", re.IGNORECASE
)


def redacted_target(target: str) -> str:
    """`target` with the values of secret query parameters masked; names match in any case."""
    path, mark, query = target.partition("?")
    if not mark:
        return target
    return path + mark + "&".join(_redacted(pair) for pair in query.split("&"))


def is_secret_name(name: str) -> bool:
    """Whether what goes by this name is a secret, judged by the name alone."""
    return _SECRET_NAME.search(name) is not None


def _redacted(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if value and is_secret_name(unquote_plus(name)):
        return f"{name}{equals}{MASK}"
    return pair
