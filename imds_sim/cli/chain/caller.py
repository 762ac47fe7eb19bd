"""GetCallerIdentity: whom the STS takes the holder of credentials for."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import urlencode, urlsplit

from imds_sim.cli.chain.errors import CallerRefused
from imds_sim.cli.chain.found import Found
from imds_sim.cli.chain.local_http import Reply, fetch, local_address
from imds_sim.kernel.message import Headers, Request
from imds_sim.sts.query_api.sigv4 import sign

BODY = urlencode({"Action": "GetCallerIdentity", "Version": "2011-06-15"}).encode()


@dataclass(frozen=True, slots=True)
class Identity:
    """The answer of the STS."""

    arn: str
    account: str
    user_id: str


def get_caller_identity(endpoint: str, found: Found, region: str, moment: datetime) -> Identity:
    """Ask the STS at `endpoint`, signed at `moment` of the client's time.

    Raises CallerRefused, NoAnswer, AddressNotAllowed.
    """
    local_address(endpoint)
    host = urlsplit(endpoint).netloc
    unsigned = Request(
        "POST",
        "/",
        Headers(
            [
                ("Host", host),
                ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ]
        ),
        BODY,
    )
    signed = sign(
        unsigned,
        found.access_key_id,
        found.secret_access_key,
        found.session_token,
        region,
        moment,
    )
    reply = fetch("POST", f"http://{host}/", dict(signed.headers), signed.body)
    if reply.status != 200:
        code = _element(reply, "Code") or f"{reply.status} {reply.reason}"
        told = f"{code}: {_element(reply, 'Message') or 'no message'}"
        whose = f"{found.access_key_id} from {found.source}"
        raise CallerRefused(f"{endpoint}: {told} (asked with {whose})")
    return Identity(_element(reply, "Arn"), _element(reply, "Account"), _element(reply, "UserId"))


def _element(reply: Reply, name: str) -> str:
    """The text of the first element of this name; nothing where there is none."""
    match = re.search(rf"<{name}>([^<]*)</{name}>", reply.text)
    return unescape(match[1]).strip() if match else ""
