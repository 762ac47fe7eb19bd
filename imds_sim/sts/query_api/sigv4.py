"""Signature Version 4 in the Authorization header: read it, judge it, write it.

Source: IAM User Guide, "AWS Signature Version 4 for API requests"; order and wording of the checks
from recorded answers of STS and from the "AWS Auth Error Ordering" flow chart of
dacut/scratchstack-aws-signature.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote_plus

from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.sts.errors import (
    IncompleteSignature,
    MissingAuthenticationToken,
    SignatureDoesNotMatch,
)
from imds_sim.sts.limits import SIGNATURE_WINDOW
from imds_sim.sts.query_api.canonical import ALGORITHM, SERVICE, TERMINATOR, Scope, signature

AUTHORIZATION_HEADER = "Authorization"
DATE_HEADER = "X-Amz-Date"
SECURITY_TOKEN_HEADER = "X-Amz-Security-Token"
ALGORITHM_PARAMETER = "X-Amz-Algorithm"
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
_EXTENDED = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z", re.ASCII)
_CREDENTIAL = re.compile(r"(?:^|[\s,])Credential=([^/,\s]+)/")


@dataclass(frozen=True, slots=True)
class SignedClaim:
    """What an Authorization header claims, not proven before `prove`."""

    access_key_id: str
    scope: Scope
    signed_headers: tuple[str, ...]  # in lower case, sorted
    signature: str
    timestamp: str  # basic format
    session_token: str | None = field(repr=False)

    def prove(self, request: Request, secret_access_key: Secret) -> None:
        """Raise SignatureDoesNotMatch unless the key signed just this request."""
        expected = signature(
            request, self.signed_headers, self.scope, self.timestamp, secret_access_key
        )
        if not hmac.compare_digest(expected.encode(), self.signature.encode("utf-8", "replace")):
            raise SignatureDoesNotMatch(
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method. Consult the service "
                "documentation for details."
            )


def read_claim(request: Request, now: datetime, region: str | None = None) -> SignedClaim:
    """Read and judge everything about a signature but the key.

    `now` is the client's time; with `region` no other scope is accepted. Raises
    MissingAuthenticationToken, IncompleteSignature, SignatureDoesNotMatch.
    """
    authorization = request.headers.get("authorization")
    if ALGORITHM_PARAMETER in _query_names(request):
        if authorization is not None:
            raise SignatureDoesNotMatch(None, detail="signed in the header and in the query")
        raise IncompleteSignature(
            "Query-string authentication (presigned requests) is not supported yet; "
            "sign with an Authorization header."
        )
    if not authorization:
        raise MissingAuthenticationToken
    fields = _fields_of(authorization)
    date = request.headers.get("x-amz-date") or request.headers.get("date")
    lacking = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if name not in fields
    ]
    if date is None:
        lacking.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if date is None or lacking:
        raise IncompleteSignature(
            f"{' '.join(lacking)} (Hashed with SHA-256 and encoded with Base64) "
            f"Authorization={_hashed(authorization)}"
        )
    signed_headers = tuple(sorted({name.lower() for name in fields["SignedHeaders"].split(";")}))
    if "host" not in signed_headers and ":authority" not in signed_headers:
        raise SignatureDoesNotMatch(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        )
    timestamp = _judged_timestamp(date, now)
    access_key_id, scope = _judged_scope(fields["Credential"], timestamp, region)
    return SignedClaim(
        access_key_id,
        scope,
        signed_headers,
        fields["Signature"],
        timestamp,
        request.headers.get("x-amz-security-token"),
    )


def claimed_access_key_id(request: Request) -> str | None:
    """The key id that a request names in its header or query: a claim, for faults and journal."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        match = _CREDENTIAL.search(authorization)
        return match[1] if match else None
    credential = _query_names(request).get("X-Amz-Credential", "")
    return credential.partition("/")[0] or None


def sign(
    request: Request,
    access_key_id: str,
    secret_access_key: Secret,
    session_token: Secret | None,
    region: str,
    moment: datetime,
) -> Request:
    """The same request with date, session token and signature; it must have a `Host` already."""
    timestamp = moment.astimezone(UTC).strftime(_TIMESTAMP)
    added = [(DATE_HEADER, timestamp)]
    if session_token is not None:
        added.append((SECURITY_TOKEN_HEADER, session_token.reveal()))
    dated = Request(
        request.method,
        request.target,
        Headers([*request.headers, *added]),
        request.body,
        request.version,
    )
    signed_headers = tuple(
        sorted(
            {name.lower() for name, _ in dated.headers}
            & {"host", "content-type", DATE_HEADER.lower(), SECURITY_TOKEN_HEADER.lower()}
        )
    )
    scope = Scope(timestamp[:8], region)
    proof = signature(dated, signed_headers, scope, timestamp, secret_access_key)
    authorization = (
        f"{ALGORITHM} Credential={access_key_id}/{scope}, "
        f"SignedHeaders={';'.join(signed_headers)}, Signature={proof}"
    )
    return Request(
        dated.method,
        dated.target,
        Headers([*dated.headers, (AUTHORIZATION_HEADER, authorization)]),
        dated.body,
        dated.version,
    )


def _query_names(request: Request) -> Mapping[str, str]:
    """The parameters of the query; of repeated ones the first."""
    named: dict[str, str] = {}
    for pair in request.query.split("&"):
        name, _, value = pair.partition("=")
        named.setdefault(unquote_plus(name), unquote_plus(value))
    return named


def _fields_of(authorization: str) -> dict[str, str]:
    """The key=value pairs after the algorithm; of repeated ones the last (recorded)."""
    algorithm, _, rest = authorization.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise IncompleteSignature(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    fields = {}
    for part in filter(None, (each.strip() for each in rest.split(","))):
        name, equals, value = part.partition("=")
        if not equals:
            # The header itself was shown until about 2023; now its hash is, as reported often.
            raise IncompleteSignature(
                "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with "
                f"SHA-256 and encoded with Base64): '{_hashed(authorization)}'."
            )
        fields[name] = value
    return fields


def _hashed(authorization: str) -> str:
    return b64encode(hashlib.sha256(authorization.encode("utf-8", "replace")).digest()).decode()


def _judged_timestamp(date: str, now: datetime) -> str:
    """The basic form of a date that lies in the window. The extended form is taken as well."""
    parts = _BASIC.fullmatch(date) or _EXTENDED.fullmatch(date)
    try:
        if parts is None:
            raise ValueError(date)
        year, month, day, hour, minute, second = (int(part) for part in parts.groups())
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise IncompleteSignature(
            f"Date must be in ISO-8601 'basic format'. Got '{date}'. "
            "See http://en.wikipedia.org/wiki/ISO_8601"
        ) from None
    basic = "{}{}{}T{}{}{}Z".format(*parts.groups())
    now = now.replace(microsecond=0)
    earliest, latest, shown = (
        now - SIGNATURE_WINDOW,
        now + SIGNATURE_WINDOW,
        now.strftime(_TIMESTAMP),
    )
    if moment < earliest:
        raise SignatureDoesNotMatch(
            f"Signature expired: {basic} is now earlier than {earliest.strftime(_TIMESTAMP)} "
            f"({shown} - 15 min.)"
        )
    if moment > latest:
        raise SignatureDoesNotMatch(
            f"Signature not yet current: {basic} is still later than "
            f"{latest.strftime(_TIMESTAMP)} ({shown} + 15 min.)"
        )
    return basic


def _judged_scope(credential: str, timestamp: str, region: str | None) -> tuple[str, Scope]:
    """Key id and scope; everything that is wrong with the scope is told in one message."""
    parts = credential.split("/")
    if len(parts) != 5:
        raise IncompleteSignature(
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            f"keyid/date/region/service/term, got '{credential}'"
        )
    access_key_id, *rest = parts
    scope = Scope(*rest)
    wrong = []
    if region is not None and scope.region != region:
        wrong.append("Credential should be scoped to a valid region. ")
    if scope.service != SERVICE:
        wrong.append("Credential should be scoped to correct service: 'sts'. ")
    if scope.terminator != TERMINATOR:
        wrong.append(
            "Credential should be scoped with a valid terminator: 'aws4_request', "
            f"not '{scope.terminator}'. "
        )
    if scope.date != timestamp[:8]:
        wrong.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{scope.date}' != '{timestamp[:8]}', from '{timestamp}'."
        )
    if wrong:
        raise SignatureDoesNotMatch("".join(wrong))
    return access_key_id, scope
