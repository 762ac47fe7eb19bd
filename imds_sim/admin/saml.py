"""Assertions of built-in SAML providers in JSON: what to assert, and what to hand over."""

from collections.abc import Mapping
from datetime import timedelta

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid, QueryInvalid
from imds_sim.iam.directory import Directory
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.simulator.asker import role_named
from imds_sim.sts.federation.saml_identity_provider import (
    AssertionNotPossible,
    AssertionRequest,
    Signed,
)
from imds_sim.sts.federation.saml_providers import SamlProviderUnknown
from imds_sim.sts.service import Service

MAX_BODY = 128 * 1024  # bytes
MAX_SECONDS = 10**8
_KEYS = (
    *("provider", "roles", "session_name", "subject", "name_format", "attributes", "tags"),
    *("transitive_tag_keys", "duration_seconds", "source_identity", "recipient", "audience"),
    *("lifetime_seconds", "signed"),
)
# Status and code, as the other errors of the admin API have them.
ERRORS: dict[type[SimError], tuple[int, str]] = {
    AssertionNotPossible: (400, "AssertionNotPossible"),
    SamlProviderUnknown: (404, "SamlProviderUnknown"),
}
Document = dict[str, object]


def assertion(service: Service, body: bytes) -> Document:
    """The document with a response that is good for `SAMLAssertion`, as `body` wants it.

    Raises BodyInvalid, RoleUnknown, SamlProviderUnknown, AssertionNotPossible.
    """
    read = read_object(body, _KEYS)
    provider = service.saml_providers.built_in(_text(read, "provider") or "")
    request = _request(read, service.directory)
    return {
        "provider": provider.provider.arn,
        "saml_response": provider.response(request).reveal(),
        "expires_at": iso_seconds(provider.expires_at(request)),
    }


def metadata(service: Service, name: str | None) -> Document:
    """The document with the metadata of a provider. Raises QueryInvalid, SamlProviderUnknown."""
    if name is None:
        raise QueryInvalid("provider: which one?")
    provider = service.saml_providers.built_in(name)
    return {"provider": provider.provider.arn, "metadata": provider.metadata()}


def _request(read: Mapping[str, object], directory: Directory) -> AssertionRequest:
    session_name = _text(read, "session_name")
    if session_name is None:
        raise BodyInvalid("session_name must be text")
    usual = AssertionRequest((), session_name)
    lifetime, signed = _seconds(read, "lifetime_seconds"), _text(read, "signed")
    if signed is not None and signed not in set(Signed):
        raise BodyInvalid(f"signed must be one of {', '.join(Signed)}")
    source_identity, subject = _text(read, "source_identity"), _text(read, "subject")
    return AssertionRequest(
        roles=tuple(role_named(directory, name).arn for name in _texts(read.get("roles"), "roles")),
        role_session_name=session_name,
        subject=subject,
        name_format=_text(read, "name_format") or usual.name_format,
        attributes={
            name: _texts(values, f"attributes {name!r}")
            for name, values in _mapping(read, "attributes").items()
        },
        tags={
            key: _text({"value": value}, "value") or ""
            for key, value in _mapping(read, "tags").items()
        },
        transitive_tag_keys=_texts(read.get("transitive_tag_keys"), "transitive_tag_keys"),
        duration=_seconds(read, "duration_seconds"),
        source_identity=source_identity,
        recipient=_text(read, "recipient") or usual.recipient,
        audience=_text(read, "audience") or usual.audience,
        lifetime=usual.lifetime if lifetime is None else lifetime,
        signed=Signed(signed) if signed is not None else usual.signed,
    )


def _text(read: Mapping[str, object], key: str) -> str | None:
    value = read.get(key)
    if value is not None and not isinstance(value, str):
        raise BodyInvalid(f"{key} must be text")
    return value


def _texts(values: object, what: str) -> tuple[str, ...]:
    listed = [] if values is None else values
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise BodyInvalid(f"{what} must be a list of texts")
    return tuple(listed)


def _mapping(read: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = read.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BodyInvalid(f"{key} must be an object")
    return value


def _seconds(read: Mapping[str, object], key: str) -> timedelta | None:
    value = read.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_SECONDS:
        raise BodyInvalid(f"{key} must be a whole number, 0 to {MAX_SECONDS}")
    return timedelta(seconds=value)
