from collections.abc import Mapping
from urllib.parse import quote, urlencode

from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.sts.query_api.canonical import Scope, signature
from tests.sts.scene import Sts

WHO = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}


def presigned(
    sts: Sts,
    key_id: str,
    secret: Secret,
    session_token: str | None = None,
    *,
    parameters: Mapping[str, str] = WHO,
    headers: Mapping[str, str] | None = None,
    expires: str = "60",
    replaced: Mapping[str, str] | None = None,
) -> Request:
    """A presigned GET; `headers` are signed too, `replaced` are parameters that are not right."""
    fields = {"Host": "sts.local", **(headers or {})}
    names = tuple(sorted(name.lower() for name in fields))
    timestamp = sts.clock.wall().strftime("%Y%m%dT%H%M%SZ")
    asked = Scope(timestamp[:8], sts.region)
    query = {
        **parameters,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{key_id}/{asked}",
        "X-Amz-Date": timestamp,
        "X-Amz-Expires": expires,
        "X-Amz-SignedHeaders": ";".join(names),
    }
    if session_token is not None:
        query["X-Amz-Security-Token"] = session_token
    query |= {f"X-Amz-{name}": value for name, value in (replaced or {}).items()}
    text = urlencode(query, quote_via=quote, safe="")
    unsigned = Request("GET", f"/?{text}", Headers(fields.items()))
    proof = signature(unsigned, names, asked, timestamp, secret)
    return Request("GET", f"/?{text}&X-Amz-Signature={proof}", unsigned.headers)
