"""A presigned request: the signature in the query, as in an identity proof for EKS or Vault.

Source: IAM User Guide, "Create a signed AWS API request"; the messages are those of the "AWS Auth
Error Ordering" flow chart of dacut/scratchstack-aws-signature. STS takes such a request for 15
minutes from its date, whatever `X-Amz-Expires` says (kubernetes-sigs/aws-iam-authenticator).
"""

from collections.abc import Mapping
from datetime import datetime

from imds_sim.sts.errors import IncompleteSignature
from imds_sim.sts.query_api import sigv4a
from imds_sim.sts.query_api.claim import (
    SignedClaim,
    judged_algorithm,
    judged_scope,
    judged_timestamp,
    sorted_headers,
)

ALGORITHM_PARAMETER = "X-Amz-Algorithm"
CREDENTIAL_PARAMETER = "X-Amz-Credential"
SIGNATURE_PARAMETER = "X-Amz-Signature"
SIGNED_HEADERS_PARAMETER = "X-Amz-SignedHeaders"
DATE_PARAMETER = "X-Amz-Date"
SECURITY_TOKEN_PARAMETER = "X-Amz-Security-Token"
_REQUIRED = (
    CREDENTIAL_PARAMETER,
    SIGNATURE_PARAMETER,
    SIGNED_HEADERS_PARAMETER,
    DATE_PARAMETER,
)


def read_query(query: Mapping[str, str], now: datetime, region: str | None) -> SignedClaim:
    """Read and judge a signature in the query; `query` has the first value of each parameter.

    Raises IncompleteSignature, SignatureDoesNotMatch.
    """
    algorithm = judged_algorithm(query[ALGORITHM_PARAMETER])
    lacking = [
        f"AWS query-string parameters must include '{name}'."
        for name in _REQUIRED
        if not query.get(name)
    ]
    if lacking:
        raise IncompleteSignature(f"{' '.join(lacking)} Re-examine the query-string parameters.")
    signed_headers = sorted_headers(query[SIGNED_HEADERS_PARAMETER])
    timestamp = judged_timestamp(query[DATE_PARAMETER], now)
    region_set = None
    if algorithm == sigv4a.ALGORITHM:
        region_set = query.get(sigv4a.REGION_SET_HEADER, "")
    access_key_id, scope = judged_scope(query[CREDENTIAL_PARAMETER], timestamp, region, region_set)
    return SignedClaim(
        access_key_id,
        scope,
        signed_headers,
        query[SIGNATURE_PARAMETER],
        timestamp,
        query.get(SECURITY_TOKEN_PARAMETER),
        algorithm,
    )
