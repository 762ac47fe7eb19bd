"""Values that stand in files of their own: `*_file` keys are read while the file is checked."""

import stat
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from imds_sim.config.schema.text import text_of
from imds_sim.kernel.secret import Secret

STATE_KEY_BYTES = 32
MAX_SECRET_FILE = 4096


class FileAccess(Protocol):
    """How files named by the configuration are found and read; handed in by `config.load`."""

    def locate(self, text: str) -> Path:
        """The absolute path that `text` means; relative ones count from the file's directory."""
        ...

    def read(self, text: str, limit: int) -> bytes:
        """The content of a file. Raises ValueError, in words for the user, also above `limit`."""
        ...

    def mode(self, text: str) -> int:
        """The permissions of a file that was read. Raises ValueError, in words for the user."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFromFile:
    """A key from outside; `path` and `mode` (its permissions) are for who judges the file."""

    key: bytes = field(repr=False)
    path: Path = field(compare=False)
    mode: int = field(compare=False)

    @property
    def is_open_to_others(self) -> bool:
        """Whether every user can read it. A group may: so Kubernetes and systemd hand it out."""
        return bool(self.mode & stat.S_IROTH)


@dataclass(frozen=True, slots=True)
class TokenFromFile:
    """A bearer token from a file; `path` and `mode` are for who judges the file."""

    token: Secret
    path: Path = field(compare=False)
    mode: int = field(compare=False)

    @property
    def is_open_to_others(self) -> bool:
        """Whether anybody but its owner can read it."""
        return bool(self.mode & (stat.S_IRWXG | stat.S_IRWXO))


def _access(info: ValidationInfo) -> FileAccess:
    access: FileAccess | None = info.context
    if access is None:
        raise ValueError("no file can be named here")
    return access


def content_of_file(limit: int) -> Callable[[object, ValidationInfo], bytes]:
    """Reads the content, of at most `limit` bytes, of the file that is named."""

    def read(value: object, info: ValidationInfo) -> bytes:
        return _access(info).read(text_of(value), limit)

    return read


def _directory(value: object, info: ValidationInfo) -> Path:
    text = text_of(value)
    if not text or "\0" in text:
        raise ValueError("must be the path of a directory")
    return _access(info).locate(text)


def _output_file(value: object, info: ValidationInfo) -> Path:
    text = text_of(value)
    if not text or "\0" in text or text.endswith("/"):
        raise ValueError("must be the path of a file")
    return _access(info).locate(text)


def _secret_in_file(value: object, info: ValidationInfo) -> Secret:
    content = _access(info).read(text_of(value), MAX_SECRET_FILE)
    try:
        return secret_text(content.decode("utf-8").removesuffix("\n").removesuffix("\r"))
    except UnicodeDecodeError:
        raise ValueError("the file holds no text") from None


def secret_text(value: object) -> Secret:
    """A secret: 1 to 128 visible characters of ASCII. Raises ValueError, without the secret."""
    text = value.reveal() if isinstance(value, Secret) else text_of(value)
    if not (1 <= len(text) <= 128 and text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("a secret has 1 to 128 visible characters of ASCII")
    return Secret(text)


def _token_from_file(value: object, info: ValidationInfo) -> TokenFromFile:
    secret, access, text = _secret_in_file(value, info), _access(info), text_of(value)
    return TokenFromFile(secret, access.locate(text), access.mode(text))


def _shared_token_from_file(value: object, info: ValidationInfo) -> TokenFromFile:
    """One that clients read from the same file, as it stands there."""
    content = _access(info).read(text_of(value), MAX_SECRET_FILE)
    if content.endswith((b"\n", b"\r")):  # botocore, Go and JS v3 send no such token
        raise ValueError("the token ends with a line break, which SDKs refuse; use printf")
    return _token_from_file(value, info)


def _key_from_file(value: object, info: ValidationInfo) -> KeyFromFile:
    access, text = _access(info), text_of(value)
    key = _state_key(access.read(text, 1024))
    return KeyFromFile(key, access.locate(text), access.mode(text))


def _state_key(content: bytes) -> bytes:
    if len(content) == STATE_KEY_BYTES:
        return content
    for decode in (bytes.fromhex, _base64_text):
        try:
            key = decode(content.decode("ascii").strip())
        except ValueError:
            continue
        if len(key) == STATE_KEY_BYTES:
            return key
    raise ValueError(
        f"the file must hold a key of {STATE_KEY_BYTES} bytes: as they are, as 64 hexadecimal "
        "digits or in base64"
    )


def _base64_text(text: str) -> bytes:
    return b64decode(text, validate=True)


_PATH = WithJsonSchema({"type": "string", "minLength": 1})
Directory = Annotated[Path, PlainValidator(_directory), _PATH]
OutputFile = Annotated[Path, PlainValidator(_output_file), _PATH]
StateKeyFile = Annotated[KeyFromFile, PlainValidator(_key_from_file), _PATH]
SecretFile = Annotated[Secret, PlainValidator(_secret_in_file), _PATH]
TokenFile = Annotated[TokenFromFile, PlainValidator(_token_from_file), _PATH]
SharedTokenFile = Annotated[TokenFromFile, PlainValidator(_shared_token_from_file), _PATH]
SecretText = Annotated[
    Secret,
    PlainValidator(secret_text),
    WithJsonSchema({"type": "string", "pattern": "^[!-~]{1,128}$"}),
]
