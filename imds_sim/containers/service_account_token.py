"""A service account token as the EKS Pod Identity agent reads it, without proof.

Source: eks-pod-identity-agent, internal/validation/request.go and pkg/credentials/model.go;
golang-jwt 5.2.0, parser.go, types.go and validator.go. What it says in words of its own, and the
words of Go's JSON below it, are recorded in tests/containers/recorded.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from imds_sim.containers.eks_errors import TokenClaimsRefused, TokenNotParsed, TokenWithoutPod
from imds_sim.containers.go_json import GoJson, JsonRefused, parse, quoted

_NO_BASE64 = re.compile(r"[^A-Za-z0-9_-]")
_METHODS = frozenset(
    {"none", "EdDSA"}
    | {f"{family}{bits}" for family in ("HS", "RS", "ES", "PS") for bits in (256, 384, 512)}
)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_TEXTS = frozenset({"iss", "sub", "jti"})
_MOMENTS = frozenset({"exp", "nbf", "iat"})


@dataclass(frozen=True, slots=True)
class UnprovenToken:
    """What a token says of itself; `expires_at` and `not_before` in seconds since 1970."""

    algorithm: str
    key_id: str | None
    claims: Mapping[str, object]
    expires_at: float | None
    not_before: float | None

    @property
    def audiences(self) -> list[object]:
        """Whom it is for."""
        named = self.claims.get("aud")
        return named if isinstance(named, list) else [named]

    def check_claims(self, now: datetime) -> None:
        """Raises TokenClaimsRefused for a token whose time is over or has not come."""
        moment = now.timestamp()
        wrong = []
        if self.expires_at is not None and moment >= self.expires_at:
            wrong.append("token is expired")
        if self.not_before is not None and moment < self.not_before:
            wrong.append("token is not valid yet")
        if wrong:
            raise TokenClaimsRefused(", ".join(wrong))

    def check_pod(self) -> str:
        """The uid of the pod that it is bound to. Raises TokenWithoutPod."""
        kubernetes = self.claims.get("kubernetes.io")
        if not isinstance(kubernetes, dict):
            raise TokenWithoutPod("kubernetes.io claims")
        pod = kubernetes.get("pod")
        if not isinstance(pod, dict):
            raise TokenWithoutPod("pod claims")
        uid = pod.get("uid")
        if not isinstance(uid, str):
            raise TokenWithoutPod("pod uid")
        return uid


def read(presented: str) -> UnprovenToken:
    """Take a token apart; its signature is not looked at. Raises TokenNotParsed."""
    segments = presented.split(".")
    if len(segments) != 3:
        raise TokenNotParsed("token is malformed: token contains an invalid number of segments")
    header = _document(segments[0], "header")
    if header.kind not in ("object", "null"):
        _refuse("JSON decode header", _mismatch(header, "Go value of type map[string]interface {}"))
    claims = _document(segments[1], "claim")
    if claims.kind not in ("object", "null"):
        _refuse("JSON decode claim", _mismatch(claims, "Go value of type jwt.RegisteredClaims"))
    found = _registered(claims)
    named = dict(header.members)
    method = named.get("alg")
    if method is None or method.kind != "string":
        raise TokenNotParsed("token is unverifiable: signing method (alg) is unspecified")
    algorithm = str(method.value())
    if algorithm not in _METHODS:
        raise TokenNotParsed("token is unverifiable: signing method (alg) is unavailable")
    key_id = named["kid"].value() if "kid" in named else None
    return UnprovenToken(
        algorithm,
        key_id if isinstance(key_id, str) else None,
        {name: value.value() for name, value in claims.members},
        found["exp"],
        found["nbf"],
    )


def _document(segment: str, name: str) -> GoJson:
    wrong = _NO_BASE64.search(segment)
    at = wrong.start() if wrong else len(segment) - 1 if len(segment) % 4 == 1 else None
    if at is not None:
        _refuse(f"base64 decode {name}", f"illegal base64 data at input byte {at}")
    try:
        return parse(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except JsonRefused as error:
        _refuse(f"JSON decode {name}", str(error))


def _refuse(what: str, why: str) -> NoReturn:
    raise TokenNotParsed(f"token is malformed: could not {what}: {why}")


def _mismatch(value: GoJson, wanted: str) -> str:
    return f"json: cannot unmarshal {value.kind} into {wanted}"


def _registered(claims: GoJson) -> dict[str, float | None]:
    """The moments among the registered claims; the last of a name counts, in any case.

    A claim that reads itself ends the reading when it cannot, any other when all are read.
    """
    moments: dict[str, float | None] = dict.fromkeys(_MOMENTS)
    wrong = ""
    for key, value in claims.members:
        name = key.lower()
        if name in _MOMENTS:
            moments[name] = _moment(value)
        elif name == "aud" and not _is_audience(value.value()):
            _refuse("JSON decode claim", "invalid type for claim")
        elif name in _TEXTS and value.kind not in ("string", "null") and not wrong:
            wrong = _mismatch(value, f"Go struct field RegisteredClaims.{name} of type string")
    if wrong:
        _refuse("JSON decode claim", wrong)
    return moments


def _is_audience(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return value is None or isinstance(value, str)


def _moment(value: GoJson) -> float | None:
    """Seconds since 1970, as a number or as text that is one."""
    if value.kind == "null":
        return None
    if value.kind not in ("number", "string"):
        why = _mismatch(value, "Go value of type json.Number")
        _refuse("JSON decode claim", f"could not parse NumericData: {why}")
    text = str(value.value()) if value.kind == "string" else value.text
    if _NUMBER.fullmatch(text) is None:
        shown = quoted(value.text)
        why = f"json: invalid number literal, trying to unmarshal {shown} into Number"
        _refuse("JSON decode claim", f"could not parse NumericData: {why}")
    seconds = float(text)
    # Go keeps whole seconds in 64 bits: what is beyond becomes the least of them.
    return seconds if abs(seconds) < 2.0**63 else -(2.0**63)
