"""Credentials as a link of the chain gives them."""

import json
from dataclasses import dataclass

from imds_sim.cli.chain.errors import NoCredentials
from imds_sim.kernel.secret import Secret


@dataclass(frozen=True, slots=True)
class Found:
    """Credentials and, in words, where they came from; `expires_at` as it was told, if it was."""

    source: str
    access_key_id: str
    secret_access_key: Secret
    session_token: Secret | None
    expires_at: str | None


def read_document(source: str, body: bytes) -> Found:
    """The credentials in the JSON of a metadata or container endpoint. Raises NoCredentials."""
    try:
        document = json.loads(body)
    except ValueError:
        raise NoCredentials(f"{source}: the answer is not JSON") from None
    if not isinstance(document, dict):
        raise NoCredentials(f"{source}: the answer is not an object")
    code = document.get("Code", "Success")
    if code != "Success":
        raise NoCredentials(f"{source}: {code}: {document.get('Message', 'no message')}")
    missing = [
        name
        for name in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
        if not isinstance(document.get(name), str)
    ]
    if missing:
        raise NoCredentials(f"{source}: the answer has no {missing[0]}")
    return Found(
        source,
        document["AccessKeyId"],
        Secret(document["SecretAccessKey"]),
        Secret(document["Token"]),
        document["Expiration"],
    )
