"""The container endpoints, in the words of their servers, and the STS.

Source: amazon-ecs-agent, ecs-agent/tmds/handlers; eks-pod-identity-agent; aws-lambda-runtime-
interface-emulator, internal/lambda/rapi; STS API Reference, "Common errors".
"""

from http import HTTPStatus

from imds_sim.faults.catalogue.credentials import DOCUMENT
from imds_sim.faults.effect import Effect, plain, refused, status_effect
from imds_sim.faults.hands import Change, Given, Hand, Refused
from imds_sim.kernel.refusal import Refusal

WRONG_HOST = (
    "Access Denied. Called agent through invalid address, please use either "
    "[169.254.170.23 fd00:ec2::23] address not localhost"
)
_CLAIMS = "Service account token failed basic claim validations: "
_SEGMENTS = "token is malformed: token contains an invalid number of segments"
_STATUSES = (
    status_effect(401, "the request is unauthorized"),
    status_effect(403, "the request is forbidden"),
    status_effect(404, "nothing at this path"),
    status_effect(429, "throttled"),
    status_effect(500, "the endpoint fails"),
    status_effect(503, "the endpoint fails; *N tells who tries again"),
)

ECS = (
    Effect(
        "uninitialized",
        "503 CredentialsUninitialized, as after a restart of the agent",
        refused(503, "CredentialsUninitialized", "Credentials uninitialized for ID"),
    ),
    Effect(
        "unknown-id",
        "400 InvalidIdInRequest, as for a task that has stopped",
        refused(400, "InvalidIdInRequest", "Credentials not found"),
    ),
    Effect("throttle", "429 in the words of the agent's limiter", refused(429)),
    Effect(
        "wrong-token",
        "403: the authorization token is not the one that is wanted",
        refused(403, "AccessDenied", "The authorization token is not valid"),
    ),
    *_STATUSES,
    *DOCUMENT,
)
EKS = (
    Effect("throttle", "429 in the words of the agent's limiter", refused(429)),
    Effect(
        "bad-auth",
        "400: the service account token is empty",
        refused(400, None, "Service account token cannot be empty"),
    ),
    Effect("wrong-host", "403: the Host is not the agent's", refused(403, None, WRONG_HOST)),
    Effect(
        "token-expired",
        "400: the service account token has expired",
        refused(400, None, f"{_CLAIMS}token is expired"),
    ),
    Effect(
        "token-not-yet-valid",
        "400: the service account token is not valid yet",
        refused(400, None, f"{_CLAIMS}token is not valid yet"),
    ),
    Effect(
        "token-unparseable",
        "400: the service account token is no JWT",
        refused(400, None, f"Service account token cannot be parsed: {_SEGMENTS}"),
    ),
    *_STATUSES,
    *DOCUMENT,
)
LAMBDA = (
    Effect(
        "bad-auth",
        "404: the authorization token is not known",
        refused(404, None, "cannot get credentials for the provided token"),
    ),
    Effect(
        "restore",
        "SnapStart swaps the credentials: from here on another set; once",
        plain(Given(Change.ROTATED)),
        once=True,
    ),
    *_STATUSES,
    *DOCUMENT,
)

# Status and message by code; those beyond the operations' own are common to every API.
CODES: dict[str, tuple[int, str]] = {
    "AccessDenied": (403, "Access denied"),
    "ExpiredToken": (403, "The security token included in the request is expired"),
    "InternalFailure": (500, "The request processing has failed because of an internal error."),
    "InvalidClientTokenId": (403, "The security token included in the request is invalid."),
    "RegionDisabledException": (403, "STS is not activated in this region for this account."),
    "ServiceUnavailable": (503, "The request has failed due to a temporary failure of the server."),
    "SignatureDoesNotMatch": (
        403,
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ),
    "Throttling": (400, "Rate exceeded"),
}


def _code(value: str) -> Hand:
    if value not in CODES:
        raise ValueError("no such code")
    status, text = CODES[value]
    return Refused(Refusal(HTTPStatus(status), value, text))


STS = (
    Effect("throttle", "400 Throttling: Rate exceeded", plain(_code("Throttling"))),
    Effect("code", "an error of the API", _code, f"one of {', '.join(CODES)}", "ExpiredToken"),
    Effect("500", "500 InternalFailure", plain(_code("InternalFailure"))),
    Effect("503", "503 ServiceUnavailable", plain(_code("ServiceUnavailable"))),
)
