"""Signature Version 4 on a request: found, judged, written.

Source: IAM User Guide, "AWS Signature Version 4 for API requests".
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote_plus

from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.sts.errors import MissingAuthenticationToken, SignatureDoesNotMatch
from imds_sim.sts.query_api.canonical import ALGORITHM, Scope, signature
from imds_sim.sts.query_api.claim import SignedClaim
from imds_sim.sts.query_api.presigned import (
    ALGORITHM_PARAMETER,
    CREDENTIAL_PARAMETER,
    read_query,
)
from imds_sim.sts.query_api.signed_header import read_header

AUTHORIZATION_HEADER = "Authorization"
DATE_HEADER = "X-Amz-Date"
SECURITY_TOKEN_HEADER = "X-Amz-Security-Token"
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_CREDENTIAL = re.compile(r"(?:^|[\s,])Credential=([^/,\s]+)/")


def read_claim(request: Request, now: datetime, region: str | None = None) -> SignedClaim:
    """Read and judge everything about a signature but the key.

    `now` is the client's time; with `region` no other scope is accepted. Raises
    MissingAuthenticationToken, IncompleteSignature, SignatureDoesNotMatch.
    """
    authorization = request.headers.get("authorization")
    query = _query_parameters(request)
    if ALGORITHM_PARAMETER in query:
        if authorization is not None:
            raise SignatureDoesNotMatch(None, detail="signed in the header and in the query")
        return read_query(query, now, region)
    if not authorization:
        raise MissingAuthenticationToken
    return read_header(request, authorization, now, region)


def claimed_access_key_id(request: Request) -> str | None:
    """The key id that a request names in its header or query: a claim, for faults and journal."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        match = _CREDENTIAL.search(authorization)
        return match[1] if match else None
    credential = _query_parameters(request).get(CREDENTIAL_PARAMETER, "")
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


def _query_parameters(request: Request) -> Mapping[str, str]:
    """The parameters of the query; of repeated ones the first."""
    named: dict[str, str] = {}
    for pair in request.query.split("&"):
        name, _, value = pair.partition("=")
        named.setdefault(unquote_plus(name), unquote_plus(value))
    return named
