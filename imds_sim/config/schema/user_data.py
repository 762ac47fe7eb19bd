"""What an instance is given at launch: user data and the public halves of key pairs."""

import re
from base64 import b64decode
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from imds_sim.config.schema.files import content_of_file
from imds_sim.config.schema.text import text_of

MAX_USER_DATA = 16 * 1024  # raw bytes; EC2 User Guide, "Work with instance user data"
_WHITE = re.compile(r"\s+")
_KEY_TYPES = ("ssh-ed25519", "ssh-rsa")  # what EC2 imports; EC2 API, ImportKeyPair


def _bounded(content: bytes) -> bytes:
    if len(content) > MAX_USER_DATA:
        raise ValueError(f"{len(content)} bytes of user data; allowed: {MAX_USER_DATA}")
    return content


def _user_data(value: object) -> bytes:
    try:
        return _bounded(text_of(value).encode())
    except UnicodeEncodeError:
        raise ValueError("must be text of Unicode; put bytes into user_data_base64") from None


def _user_data_base64(value: object) -> bytes:
    text = _WHITE.sub("", text_of(value))
    try:
        content = b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise ValueError("is not base64") from None
    return _bounded(content)


def _public_key(value: object) -> str:
    """Type and key of an OpenSSH line; EC2 puts the key pair's name in place of the comment."""
    text = text_of(value).strip()
    kind, _, rest = text.partition(" ")
    if kind not in _KEY_TYPES or "\n" in text:
        raise ValueError(f"must be one line that begins with {' or '.join(_KEY_TYPES)}")
    key = rest.split(None, 1)[0] if rest.strip() else ""
    try:
        blob = b64decode(key.encode("ascii"), validate=True)
    except ValueError:
        raise ValueError(f"what follows {kind} is not base64") from None
    name = kind.encode()
    if not blob.startswith(len(name).to_bytes(4, "big") + name):
        raise ValueError(f"what follows {kind} is not such a key")
    return f"{kind} {key}"


_TEXT = WithJsonSchema({"type": "string"})
UserData = Annotated[bytes, PlainValidator(_user_data), _TEXT]
UserDataFile = Annotated[bytes, PlainValidator(content_of_file(MAX_USER_DATA)), _TEXT]
UserDataBase64 = Annotated[bytes, PlainValidator(_user_data_base64), _TEXT]
PublicKey = Annotated[
    str,
    PlainValidator(_public_key),
    WithJsonSchema({"type": "string", "pattern": "^(ssh-ed25519|ssh-rsa) "}),
]
