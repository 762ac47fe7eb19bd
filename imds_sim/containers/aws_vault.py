"""The server of `aws-vault exec --ecs-server`: any path, and role ARNs below `/role-arn/`.

Source: 99designs/aws-vault 7, server/ecsserver.go; the bytes are those of a Go server of the same
shape (tests/containers/recorded). It keeps what it assumed until that ends; here every request
for a role ARN mints anew.
"""

import html
import posixpath
from collections.abc import Callable
from http import HTTPStatus

from imds_sim.containers.go_http import TEXT, GoServer
from imds_sim.containers.go_json import marshal
from imds_sim.containers.go_url import GoUrl
from imds_sim.containers.local_endpoints import Host, HostCallFailed
from imds_sim.credentials.provider import CredentialSet, Refused
from imds_sim.kernel.message import Notes, Request, Response
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.endpoint import Endpoint

ROLES = "/role-arn/"
_ERROR = ("Content-Type", "application/json; charset=utf-8")
_HTML = ("Content-Type", "text/html; charset=utf-8")

AssumeFor = Callable[[Endpoint], Host]  # whoever assumes roles with an endpoint's credentials


def answer(
    server: GoServer,
    request: Request,
    url: GoUrl,
    endpoint: Endpoint,
    held: CredentialSet | Refused | None,
    host: Host,
) -> Response:
    """The token is checked before anything else."""
    if not endpoint.authorization_token.matches(request.headers.get("authorization") or ""):
        return _error(server, request, HTTPStatus.FORBIDDEN, "invalid Authorization token")
    base = endpoint.name.rstrip("/")
    clean = _clean(url.raw_path)
    if clean == base + ROLES.rstrip("/"):
        clean += "/"
    if clean != url.raw_path and request.method != "CONNECT":
        return _redirect(server, request, url.prefix + clean + url.query)
    role_arn = url.path.removeprefix(base)
    try:
        if role_arn.startswith(ROLES):
            held = host.assume(role_arn.removeprefix(ROLES))
    except HostCallFailed as error:
        return _error(server, request, HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
    if not isinstance(held, CredentialSet):
        told = "the endpoint has no role" if held is None else held.message
        return _error(server, request, HTTPStatus.INTERNAL_SERVER_ERROR, told)
    body = marshal(
        {
            "AccessKeyId": held.access_key_id,
            "Expiration": iso_seconds(held.expires_at),
            "SecretAccessKey": held.secret_access_key.reveal(),
            "Token": held.session_token.reveal(),
        }
    )
    notes = held.notes()
    return server.reply(request, HTTPStatus.OK, (), body + b"\n", sniffed=TEXT, notes=notes)


def _clean(path: str) -> str:
    """As http.ServeMux cleans what was sent, escapes and all; a final slash stays."""
    clean = posixpath.normpath("/" + path.lstrip("/"))
    return clean + "/" if path.endswith("/") and clean != "/" else clean


def _redirect(server: GoServer, request: Request, to: str) -> Response:
    status = HTTPStatus.TEMPORARY_REDIRECT
    location = ("Location", to)
    if request.method not in ("GET", "HEAD"):
        return server.reply(request, status, (location,))
    body = f'<a href="{html.escape(to)}">{status.phrase}</a>.\n\n'.encode("latin-1", "replace")
    sent = b"" if request.method == "HEAD" else body
    return server.reply(request, status, (_HTML, location), sent)


def _error(server: GoServer, request: Request, status: HTTPStatus, told: str) -> Response:
    body = marshal({"Message": told}) + b"\n"
    return server.reply(request, status, (_ERROR,), body, notes=Notes(detail=told))
