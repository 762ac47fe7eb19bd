"""The sections of identity providers: whose tokens are accepted, and how they are verified."""

import json
import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)

from imds_sim.config.schema.files import content_of_file
from imds_sim.config.schema.names import AccountId
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import Truth, kind_of, matching, shown
from imds_sim.sts.errors import StsError

MAX_KEY_SET = 256 * 1024  # bytes
MAX_AUDIENCES = 100  # IAM quotas: client ids of a provider
DEFAULT_AUDIENCE = "sts.amazonaws.com"  # what IRSA and the actions of CI systems ask for

# IAM API, CreateOpenIDConnectProvider: https, no port, no query. On loopback, where no certificate
# can be, http and a port: so that clients find the built-in issuer by its own URL.
_LABELS = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
_PATH = r"(/[A-Za-z0-9._~!$&'()+,;=:@%/-]*)?"
_URL = rf"https://{_LABELS}{_PATH}|http://(127\.[0-9.]+|localhost)(:[0-9]+)?{_PATH}"
_url_text = matching(
    _URL,
    "the URL of an issuer; write it like https://issuer.example.com/path, without port and query "
    "(http only for 127.0.0.1 and localhost)",
)


def _url(value: object) -> str:
    url = _url_text(value)
    if len(url) > 255:
        raise ValueError(f"{shown(url)} is too long; allowed: 255 characters")
    return url


IssuerUrl = Annotated[
    str,
    PlainValidator(_url),
    WithJsonSchema({"type": "string", "pattern": f"^({_URL})$", "maxLength": 255}),
]
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}"
IssuerName = Annotated[
    str,
    PlainValidator(
        matching(_NAME, "a name: 1 to 128 letters, digits and characters of _.-, none of _.- first")
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$"}),
]
_AUDIENCE = r"[!-~]{1,255}"
Audience = Annotated[
    str,
    PlainValidator(matching(_AUDIENCE, "an audience: 1 to 255 visible characters of ASCII")),
    WithJsonSchema({"type": "string", "pattern": f"^{_AUDIENCE}$"}),
]
_CLAIM = r"[!-~]{1,128}"
ClaimName = Annotated[
    str,
    PlainValidator(matching(_CLAIM, "the name of a claim: 1 to 128 visible characters of ASCII")),
    WithJsonSchema({"type": "string", "pattern": f"^{_CLAIM}$"}),
]


def _one_is_a_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _bounded(audiences: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(audiences) <= MAX_AUDIENCES:
        raise ValueError(f"{len(audiences)} audiences; allowed: 1 to {MAX_AUDIENCES}")
    return audiences


def _not_empty(accounts: tuple[str, ...]) -> tuple[str, ...]:
    if not accounts:
        raise ValueError("a provider is of one account at least")
    return accounts


def _checked_key_set(document: object) -> str:
    """The key set as text, if tokens can be verified with it. Raises ValueError."""
    from imds_sim.sts.federation.jose import KeySet  # loaded by those who have one

    try:
        KeySet.read(document)
    except StsError as error:
        raise ValueError(str(error)) from None
    return json.dumps(document)


def _key_set(value: object) -> str:
    if isinstance(value, str):
        return _from_text(value)
    if not isinstance(value, dict):
        raise ValueError(f"must be a JSON Web Key Set, not {kind_of(value)}")
    return _checked_key_set(value)


def _from_text(text: str) -> str:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("holds no JSON") from None
    return _checked_key_set(document)


_content = content_of_file(MAX_KEY_SET)


def _key_set_in_file(value: object, info: ValidationInfo) -> str:
    try:
        return _from_text(_content(value, info).decode())
    except UnicodeDecodeError:
        raise ValueError("the file holds no text") from None


KeySetDocument = Annotated[
    str,
    PlainValidator(_key_set),
    WithJsonSchema({"type": ["object", "string"], "required": ["keys"]}),
]
KeySetFile = Annotated[
    str,
    PlainValidator(_key_set_in_file),
    WithJsonSchema({"type": "string", "minLength": 1}),
]
_List = (Field(strict=False), BeforeValidator(_one_is_a_list))


class OidcProviderSection(Section):
    """An OpenID Connect provider. It is known by `jwks`, by `jwks_file`, or built in."""

    audiences: Annotated[tuple[Audience, ...], *_List, AfterValidator(_bounded)] = Field(
        (DEFAULT_AUDIENCE,),
        description="Client ids: the audiences that tokens may name, 1 to 100. Default: "
        f"[{DEFAULT_AUDIENCE}].",
    )
    jwks: KeySetDocument | None = Field(
        None, description="The public keys of the issuer: a JSON Web Key Set. Default: none."
    )
    jwks_file: KeySetFile | None = Field(
        None, description="File with that key set as JSON, instead of jwks. Default: none."
    )
    built_in: Truth = Field(
        False,
        description="Whether the simulator is the issuer: it signs tokens (imds-sim oidc-token) "
        "and publishes its keys at /oidc/NAME/ of the sts listener. Default: false.",
    )
    name: IssuerName | None = Field(
        None,
        description="What commands and addresses call the issuer. Default: the last part of the "
        "URL's path, else its host.",
    )
    accounts: Annotated[tuple[AccountId, ...], *_List, AfterValidator(_not_empty)] | None = Field(
        None, description="Accounts that have the provider. Default: the account of the file."
    )
    claims: Annotated[tuple[ClaimName, ...], *_List] | None = Field(
        None,
        description="Claims that become condition keys, beside aud, sub, oaud, amr and email. "
        "Default: those that AWS knows of GitHub, GitLab, Buildkite, CircleCI, Google and OCI.",
    )
    reachable: Truth = Field(
        True,
        description="Whether the issuer can be asked for its keys; if not, its tokens are refused "
        "with IDPCommunicationError. Default: true.",
    )


def default_name(issuer: str) -> str:
    """The last part of the path of an issuer's URL, else its host."""
    host, _, path = issuer.partition("://")[2].partition("/")
    last = path.rstrip("/").rpartition("/")[2]
    found = re.sub(r"[^A-Za-z0-9_.-]", "-", last or host.partition(":")[0])
    return re.sub(r"^[_.-]+", "", found)[:128] or "issuer"
