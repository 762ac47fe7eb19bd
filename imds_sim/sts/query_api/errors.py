"""The status of every error of the STS API; the one place where statuses of errors are written.

Source: STS API Reference, "Common errors", and recorded answers.
"""

from http import HTTPStatus

from imds_sim.kernel.message import Defect
from imds_sim.sts.errors import (
    AccessDenied,
    ApiError,
    ExpiredContextAssertion,
    ExpiredToken,
    ExpiredTradeInToken,
    IncompleteSignature,
    InternalFailure,
    InvalidAction,
    InvalidAuthorizationMessage,
    InvalidClientTokenId,
    InvalidParameterValue,
    MalformedInput,
    MalformedPolicyDocument,
    MalformedQueryString,
    MissingAuthenticationToken,
    PackedPolicyTooLarge,
    RegionDisabled,
    ServiceUnavailable,
    SignatureDoesNotMatch,
    Throttling,
    ValidationError,
)
from imds_sim.sts.federation.errors import (
    ExpiredWebIdentityToken,
    IdpCommunicationError,
    IdpRejectedClaim,
    InvalidIdentityToken,
    JwtPayloadSizeExceeded,
    OutboundFederationDisabled,
    SessionDurationEscalation,
)
from imds_sim.sts.federation.saml_errors import ExpiredAssertion, ResponseInvalid

STATUS: dict[type[ApiError], HTTPStatus] = {
    AccessDenied: HTTPStatus.FORBIDDEN,
    ExpiredAssertion: HTTPStatus.BAD_REQUEST,
    ExpiredContextAssertion: HTTPStatus.BAD_REQUEST,
    ExpiredToken: HTTPStatus.FORBIDDEN,
    ExpiredTradeInToken: HTTPStatus.BAD_REQUEST,
    ExpiredWebIdentityToken: HTTPStatus.BAD_REQUEST,
    IdpCommunicationError: HTTPStatus.BAD_REQUEST,
    IdpRejectedClaim: HTTPStatus.FORBIDDEN,
    IncompleteSignature: HTTPStatus.BAD_REQUEST,
    InternalFailure: HTTPStatus.INTERNAL_SERVER_ERROR,
    InvalidAction: HTTPStatus.BAD_REQUEST,
    InvalidAuthorizationMessage: HTTPStatus.BAD_REQUEST,
    InvalidClientTokenId: HTTPStatus.FORBIDDEN,
    InvalidIdentityToken: HTTPStatus.BAD_REQUEST,
    InvalidParameterValue: HTTPStatus.BAD_REQUEST,
    JwtPayloadSizeExceeded: HTTPStatus.BAD_REQUEST,
    MalformedInput: HTTPStatus.BAD_REQUEST,
    MalformedPolicyDocument: HTTPStatus.BAD_REQUEST,
    MalformedQueryString: HTTPStatus.BAD_REQUEST,
    MissingAuthenticationToken: HTTPStatus.FORBIDDEN,
    OutboundFederationDisabled: HTTPStatus.FORBIDDEN,
    PackedPolicyTooLarge: HTTPStatus.BAD_REQUEST,
    RegionDisabled: HTTPStatus.FORBIDDEN,
    ResponseInvalid: HTTPStatus.BAD_REQUEST,
    SessionDurationEscalation: HTTPStatus.FORBIDDEN,
    ServiceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    SignatureDoesNotMatch: HTTPStatus.FORBIDDEN,
    Throttling: HTTPStatus.BAD_REQUEST,
    ValidationError: HTTPStatus.BAD_REQUEST,
}

# What no parser accepts is refused by the front end: no body, no request ids. 400 and 413 were
# recorded (a head beyond 16 KB is a 400, not a 431); the rest is HTTP's.
STATUS_OF_DEFECT: dict[Defect, HTTPStatus] = {
    Defect.MALFORMED: HTTPStatus.BAD_REQUEST,
    Defect.HEAD_TOO_LARGE: HTTPStatus.BAD_REQUEST,
    Defect.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Defect.VERSION: HTTPStatus.BAD_REQUEST,
    Defect.TIMEOUT: HTTPStatus.REQUEST_TIMEOUT,
}
