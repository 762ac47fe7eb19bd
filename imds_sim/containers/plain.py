"""The protocol of container credentials and no more: what every SDK understands.

Ours alone, so that it may be strict: a body as ECS has it, errors as SDKs read them. Source: AWS
SDKs and Tools Reference Guide, "Container credential provider".
"""

from http import HTTPStatus

from imds_sim.containers.go_http import GoServer
from imds_sim.containers.go_json import marshal
from imds_sim.credentials.provider import CredentialSet, Refused
from imds_sim.kernel.message import Notes, Request, Response
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.endpoint import Endpoint

JSON = ("Content-Type", "application/json")


def answer(
    server: GoServer, request: Request, endpoint: Endpoint, held: CredentialSet | Refused | None
) -> Response:
    """Credentials for who shows the token in a GET."""
    if request.method not in ("GET", "HEAD"):
        allow = ("Allow", "GET, HEAD")
        told = "only GET and HEAD are allowed here"
        return _error(
            server, request, HTTPStatus.METHOD_NOT_ALLOWED, "MethodNotAllowed", told, allow
        )
    if not endpoint.authorization_token.matches(request.headers.get("authorization") or ""):
        told = "the authorization token is missing or is not this endpoint's"
        return _error(server, request, HTTPStatus.UNAUTHORIZED, "Unauthorized", told)
    if not isinstance(held, CredentialSet):
        reason = "the endpoint has no role" if held is None else held.message
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        told = "the role's credentials could not be obtained"
        return _error(server, request, status, "InternalServerError", told, detail=reason)
    body = marshal(
        {
            "RoleArn": held.role_arn,
            "AccessKeyId": held.access_key_id,
            "SecretAccessKey": held.secret_access_key.reveal(),
            "Token": held.session_token.reveal(),
            "AccountId": held.account,
            "Expiration": iso_seconds(held.expires_at),
        }
    )
    notes = held.notes()
    return server.reply(request, HTTPStatus.OK, (JSON,), body, notes=notes)


def _error(
    server: GoServer,
    request: Request,
    status: HTTPStatus,
    code: str,
    message: str,
    *more: tuple[str, str],
    detail: str | None = None,
) -> Response:
    body = marshal({"code": code, "message": message})
    return server.reply(request, status, (JSON, *more), body, notes=Notes(detail=detail or message))
