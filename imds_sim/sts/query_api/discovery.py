"""The documents of issuers that are built in: how to find their keys, and the keys.

`/oidc/NAME/.well-known/openid-configuration` and `/oidc/NAME/keys`; for an account's outbound
issuer NAME is the first label of its host. Source: OpenID Connect Discovery 1.0, section 4.
"""

import re
from http import HTTPStatus

from imds_sim.kernel.message import Request, Response
from imds_sim.sts.federation.issuer import Issuer
from imds_sim.sts.federation.issuers import Issuers, outbound_names
from imds_sim.sts.query_api.replies import ReplyWriter

PREFIX = "/oidc/"
CONFIGURATION = ".well-known/openid-configuration"
KEYS = "keys"
_OUTBOUND_KEYS = ".well-known/jwks.json"  # as the issuers of accounts have it
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:]+\](:[0-9]+)?")


def answer(
    issuers: Issuers, writer: ReplyWriter, request: Request, path: str, *, close: bool
) -> Response | None:
    """The reply to a path under PREFIX; None if nothing is published there."""
    name, _, document = path.removeprefix(PREFIX).partition("/")
    if document not in (CONFIGURATION, KEYS, _OUTBOUND_KEYS):
        return None
    issuer = _issuer(issuers, name)
    if issuer is None:
        return None
    if request.method not in ("GET", "HEAD"):
        return writer.empty(HTTPStatus.METHOD_NOT_ALLOWED, close=close)
    if document != CONFIGURATION:
        return writer.published(issuer.jwks(), close=close)
    host = request.headers.get("host") or ""
    if not _HOST.fullmatch(host):
        return writer.empty(HTTPStatus.BAD_REQUEST, close=close)
    return writer.published(issuer.discovery(f"http://{host}{PREFIX}{name}/{KEYS}"), close=close)


def _issuer(issuers: Issuers, name: str) -> Issuer | None:
    if (provider := issuers.built_in().get(name)) is not None:
        return issuers.of(provider)
    if (url := outbound_names(issuers.directory).get(name)) is not None:
        return issuers.outbound(url)
    return None
