"""What the metadata service refuses, and the status that each refusal has on the wire.

Source: EC2 User Guide, "Use the Instance Metadata Service", and recorded answers. No refusal tells
its reason to the client: bodies are empty, but for the page of 404. The message is the journal's.
"""

from http import HTTPStatus

from imds_sim.kernel.errors import SimError
from imds_sim.kernel.message import Defect


class ImdsError(SimError):
    """A request that the metadata service refuses."""


class ExpectationNotMet(ImdsError):
    """An `Expect` header; seen from s3fs, which sent `Expect: 100-continue` with its PUT."""


class NobodyAnswers(ImdsError):
    """No instance is configured for this client."""


class EndpointDisabled(ImdsError):
    """The instance's metadata options say HttpEndpoint=disabled."""


class PutElsewhere(ImdsError):
    """PUT to anything but the one path that issues tokens; dated versions have none."""


class MethodNotAllowed(ImdsError):
    """Another method than the path has. `allow` is the value of the `Allow` header."""

    def __init__(self, message: str, allow: str) -> None:
        super().__init__(message)
        self.allow = allow


class ForwardedRequest(ImdsError):
    """An IMDSv2 request with X-Forwarded-For: it came through a proxy that was tricked."""


class TtlMissing(ImdsError):
    """A token request without a lifetime, or with something that is no number."""


class TtlOutOfRange(ImdsError):
    """A lifetime that is not from 1 to 21600 seconds."""


class TokenNotAccepted(ImdsError):
    """No metadata token where one is required, or one malformed, foreign or expired."""


class Throttled(ImdsError):
    """More requests than the instance may make; seen as 429 by facter and ex_aws."""


class NoSuchItem(ImdsError):
    """Nothing at this path, on this instance, now, in this version.

    `remaining` is what the client's token has left in seconds; the answer says it, as any other.
    """

    def __init__(self, message: str, remaining: int | None) -> None:
        super().__init__(message)
        self.remaining = remaining


STATUS: dict[type[ImdsError], HTTPStatus] = {
    ExpectationNotMet: HTTPStatus.EXPECTATION_FAILED,
    NobodyAnswers: HTTPStatus.FORBIDDEN,
    EndpointDisabled: HTTPStatus.FORBIDDEN,
    PutElsewhere: HTTPStatus.FORBIDDEN,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    ForwardedRequest: HTTPStatus.FORBIDDEN,
    TtlMissing: HTTPStatus.BAD_REQUEST,
    TtlOutOfRange: HTTPStatus.BAD_REQUEST,
    TokenNotAccepted: HTTPStatus.UNAUTHORIZED,
    Throttled: HTTPStatus.TOO_MANY_REQUESTS,
    NoSuchItem: HTTPStatus.NOT_FOUND,
}

# No recording shows what the service answers to bytes that are no request; the statuses are those
# of RFC 9110 and RFC 6585.
DEFECT_STATUS: dict[Defect, HTTPStatus] = {
    Defect.MALFORMED: HTTPStatus.BAD_REQUEST,
    Defect.HEAD_TOO_LARGE: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    Defect.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Defect.VERSION: HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
    Defect.TIMEOUT: HTTPStatus.REQUEST_TIMEOUT,
}
