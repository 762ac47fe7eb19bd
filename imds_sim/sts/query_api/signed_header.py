"""A signature in the Authorization header."""

import hashlib
from base64 import b64encode
from datetime import datetime

from imds_sim.kernel.message import Request
from imds_sim.sts.errors import IncompleteSignature
from imds_sim.sts.query_api import sigv4a
from imds_sim.sts.query_api.claim import (
    SignedClaim,
    judged_algorithm,
    judged_scope,
    judged_timestamp,
    sorted_headers,
)


def read_header(
    request: Request, authorization: str, now: datetime, region: str | None
) -> SignedClaim:
    """Read and judge a signature in the header. Raises IncompleteSignature, SignatureDoesNotMatch.

    The date is that of `X-Amz-Date`, else of `Date`.
    """
    algorithm, fields = _fields_of(authorization)
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
    signed_headers = sorted_headers(fields["SignedHeaders"])
    timestamp = judged_timestamp(date, now)
    region_set = None
    if algorithm == sigv4a.ALGORITHM:
        region_set = request.headers.get(sigv4a.REGION_SET_HEADER.lower()) or ""
    access_key_id, scope = judged_scope(fields["Credential"], timestamp, region, region_set)
    return SignedClaim(
        access_key_id,
        scope,
        signed_headers,
        fields["Signature"],
        timestamp,
        request.headers.get("x-amz-security-token"),
        algorithm,
    )


def _fields_of(authorization: str) -> tuple[str, dict[str, str]]:
    """The algorithm and the key=value pairs after it; of repeated ones the last (recorded)."""
    algorithm, _, rest = authorization.strip().partition(" ")
    judged_algorithm(algorithm)
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
    return algorithm, fields


def _hashed(authorization: str) -> str:
    return b64encode(hashlib.sha256(authorization.encode("utf-8", "replace")).digest()).decode()
