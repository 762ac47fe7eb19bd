"""One request as the journal keeps it: nothing secret in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Entry:
    """What was asked and answered.

    `number` counts from 1 and is never reused. `path` is the target as sent, secrets in the query
    masked. `status` is 0 where the connection ended without an answer. `imds_version` is 1, 2 or
    None (not IMDS). `fault` is the specification of the
    fault that took part. `local` is the address that was connected to, empty on a unix socket;
    `response_bytes` is the size of the body that a GET would get. `expires_at` is when the
    credentials end that the answer handed out, as the client was told; None where it got none.
    `hops` is how many routers away the client is, if anybody can tell.
    """

    number: int
    time: datetime
    surface: str
    workload: str | None
    client: str
    user_agent: str | None
    method: str
    path: str
    status: int
    imds_version: int | None
    fault: str | None
    access_key_id: str | None
    duration: timedelta
    detail: str | None = None
    local: str = ""
    local_port: int = 0
    response_bytes: int = 0
    expires_at: datetime | None = None
    hops: int | None = None
