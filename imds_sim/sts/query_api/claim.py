"""What a signature claims before it is proven: whose key, for what, when.

Source: IAM User Guide, "AWS Signature Version 4 for API requests"; order and wording of the checks
from recorded answers of STS and from the "AWS Auth Error Ordering" flow chart of
dacut/scratchstack-aws-signature.
"""

import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from imds_sim.kernel.message import Request
from imds_sim.kernel.secret import Secret
from imds_sim.sts.errors import IncompleteSignature, SignatureDoesNotMatch
from imds_sim.sts.limits import SIGNATURE_WINDOW
from imds_sim.sts.query_api import sigv4a
from imds_sim.sts.query_api.canonical import (
    ALGORITHM,
    SERVICE,
    TERMINATOR,
    Scope,
    signature,
    string_to_sign,
)

_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
_EXTENDED = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignedClaim:
    """What a signature claims, not proven before `prove`."""

    access_key_id: str
    scope: Scope
    signed_headers: tuple[str, ...]  # in lower case, sorted
    signature: str
    timestamp: str  # basic format
    session_token: str | None = field(repr=False)
    algorithm: str = ALGORITHM

    def prove(self, request: Request, secret_access_key: Secret) -> None:
        """Raise SignatureDoesNotMatch unless the key signed just this request."""
        if not self._is_proven(request, secret_access_key):
            raise SignatureDoesNotMatch(
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method. Consult the service "
                "documentation for details."
            )

    def _is_proven(self, request: Request, secret: Secret) -> bool:
        signed = (request, self.signed_headers, self.scope, self.timestamp)
        if self.algorithm == sigv4a.ALGORITHM:
            to_sign = string_to_sign(*signed, self.algorithm)
            return sigv4a.is_signature(self.signature, to_sign, self.access_key_id, secret)
        expected = signature(*signed, secret)
        return hmac.compare_digest(expected.encode(), self.signature.encode("utf-8", "replace"))


def sorted_headers(listed: str) -> tuple[str, ...]:
    """The names of signed headers, in lower case, sorted; `host` must be one of them.

    Raises SignatureDoesNotMatch.
    """
    names = tuple(sorted({name.lower() for name in listed.split(";")}))
    if "host" not in names and ":authority" not in names:
        raise SignatureDoesNotMatch(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        )
    return names


def judged_timestamp(date: str, now: datetime) -> str:
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


def judged_algorithm(algorithm: str) -> str:
    """The algorithm, if it is one of the two. Raises IncompleteSignature."""
    if algorithm not in (ALGORITHM, sigv4a.ALGORITHM):
        raise IncompleteSignature(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    return algorithm


def judged_scope(
    credential: str, timestamp: str, region: str | None, region_set: str | None = None
) -> tuple[str, Scope]:
    """Key id and scope; everything that is wrong with the scope is told in one message.

    With `region` no other is accepted. `region_set` stands in place of a region in the scope.
    """
    parts = credential.split("/")
    form = "keyid/date/region/service/term" if region_set is None else "keyid/date/service/term"
    if len(parts) != form.count("/") + 1:
        raise IncompleteSignature(
            f"Credential must have exactly {form.count('/') + 1} slash-delimited elements, e.g. "
            f"{form}, got '{credential}'"
        )
    access_key_id, date, *rest = parts
    scope = Scope(date, rest[0] if region_set is None else None, *rest[-2:])
    wrong = []
    if region is not None and not _is_in(region, scope, region_set):
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


def _is_in(region: str, scope: Scope, region_set: str | None) -> bool:
    return scope.region == region if region_set is None else sigv4a.covers(region_set, region)
