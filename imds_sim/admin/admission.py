"""Who may ask the control surface: no browser, and over TCP only who knows the token.

A page in a browser on this machine can reach loopback: by its own script, or under a name that it
points here (DNS rebinding). Neither can leave out Origin, set Authorization without asking first,
or choose Host.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from imds_sim.admin.api import AdminReply, failure
from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.secret import Secret

# Of the requests that a browser makes for somebody else's page; "none" is the address bar.
FETCH_SITE = "sec-fetch-site"


@dataclass(frozen=True, slots=True)
class Admission:
    """Judges the head of a request; `token` is what TCP clients must show."""

    token: Secret | None = None

    def refusal(self, headers: Mapping[str, str], over: TcpAddress | None) -> AdminReply | None:
        """The answer to who may not ask, or None. `over` is our address, None for unix sockets.

        `headers` is asked with names in lower case.
        """
        if _is_browser(headers):
            return failure(403, "BrowserRefused", "the control surface is not for browsers")
        if over is None:
            return None
        host = headers.get("host", "")
        allowed = [f"{name}:{over.port}" for name in ("127.0.0.1", "[::1]", "localhost")]
        if host.lower() not in allowed:
            told = f"Host is {host[:100]!r}; allowed: {', '.join(allowed)}"
            return failure(403, "HostRefused", told)
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        if self.token is None or scheme.lower() != "bearer" or not _same(shown, self.token):
            told = "send Authorization: Bearer with the content of admin_token_file"
            return failure(401, "TokenRequired", told)
        return None


def _is_browser(headers: Mapping[str, str]) -> bool:
    return (
        "origin" in headers
        or headers.get(FETCH_SITE, "none") != "none"
        or headers.get("user-agent", "").startswith("Mozilla/")
    )


def _same(shown: str, token: Secret) -> bool:
    return hmac.compare_digest(shown.strip().encode(), token.reveal().encode())
