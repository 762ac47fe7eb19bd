"""What the STS answers when it does not do what it was asked.

Codes, messages and faults are the wire contract (STS API Reference, "Common errors", and recorded
answers). `detail` is for the journal alone.
"""

from enum import StrEnum
from typing import ClassVar

from imds_sim.kernel.errors import SimError


class Fault(StrEnum):
    """Whose fault it is: `Type` in the error document."""

    SENDER = "Sender"
    RECEIVER = "Receiver"


class StsError(SimError):
    """Something about sessions or the STS API."""


class SessionTokenInvalid(StsError):
    """No session token of ours: forged, damaged, or sealed with another key."""


class ApiError(StsError):
    """An error that a caller is told. `message` may be absent on the wire.

    `detail` says more than the client may know; without one the code stands in the journal, since
    a message may repeat what the client sent.
    """

    code: ClassVar[str]
    fault: ClassVar[Fault] = Fault.SENDER

    def __init__(self, message: str | None, *, detail: str | None = None) -> None:
        super().__init__(message or self.code)
        self.message = message
        self.detail = detail


class AccessDenied(ApiError):
    """The policies do not allow it; the wire never says which, nor whether the role exists."""

    code = "AccessDenied"

    @classmethod
    def of(cls, caller_arn: str, action: str, resource: str, reason: str) -> "AccessDenied":
        """The bare form that operations on a resource have; `reason` goes to the journal."""
        return cls(
            f"User: {caller_arn} is not authorized to perform: {action} on resource: {resource}",
            detail=reason,
        )

    @classmethod
    def without_resource(
        cls, caller_arn: str, action: str, clause: str, reason: str
    ) -> "AccessDenied":
        """The form of actions that have no resource: it ends with `clause`, which says why.

        Source: reports of GetAccessKeyInfo and DecodeAuthorizationMessage, 2021 and later.
        """
        return cls(
            f"User: {caller_arn} is not authorized to perform: {action}{clause}", detail=reason
        )

    @classmethod
    def to_federated(cls, action: str, reason: str) -> "AccessDenied":
        """What holders of an identity provider's token are told: they have no name yet."""
        return cls(f"Not authorized to perform {action}", detail=reason)


class ValidationError(ApiError):
    """A parameter that breaks a constraint, or a request that a role's limits forbid."""

    code = "ValidationError"

    @classmethod
    def of(cls, clauses: list[str]) -> "ValidationError":
        """All violated constraints at once, in the words of the service."""
        count = f"{len(clauses)} validation error{'s' if len(clauses) > 1 else ''} detected: "
        return cls(count + "; ".join(clauses))


class InvalidParameterValue(ApiError):
    """Session tags that contradict each other or the session that passes them."""

    code = "InvalidParameterValue"


class MalformedPolicyDocument(ApiError):
    """A session policy that is none."""

    code = "MalformedPolicyDocument"


class InvalidAuthorizationMessage(ApiError):
    """An encoded message that is damaged, expired or another account's."""

    code = "InvalidAuthorizationMessageException"

    def __init__(self, detail: str) -> None:
        super().__init__("Message is not valid", detail=detail)


class ExpiredContextAssertion(ApiError):
    """A context assertion that cannot be verified: only AWS issues them.

    Of the errors that the model declares for AssumeRole it is the one about passed tokens.
    """

    code = "ExpiredTokenException"


class ExpiredTradeInToken(ApiError):
    """A trade-in token that was not issued here: none ever is."""

    code = "ExpiredTradeInTokenException"

    def __init__(self) -> None:
        super().__init__(  # the words of the model
            "The trade-in token provided in the request has expired and can no longer be exchanged "
            "for credentials. Request a new token and retry the operation."
        )


class RegionDisabled(ApiError):
    """STS is not activated in this region for the account that credentials would be of."""

    code = "RegionDisabledException"

    def __init__(self, account: str) -> None:
        super().__init__(
            f"STS is not activated in this region for account:{account}. Your account "
            "administrator can activate STS in this region using the IAM Console."
        )


class MalformedInput(ApiError):
    """A number that does not parse; mostly without a message (recorded)."""

    code = "MalformedInput"


class PackedPolicyTooLarge(ApiError):
    """More was put into a session than its token may hold."""

    code = "PackedPolicyTooLarge"


class InvalidAction(ApiError):
    """An operation or a version that does not exist (here)."""

    code = "InvalidAction"

    @classmethod
    def of(cls, action: str, version: str | None) -> "InvalidAction":
        asked = "NO_VERSION_SPECIFIED" if version is None else version
        return cls(f"Could not find operation {action} for version {asked}")


class MalformedQueryString(ApiError):
    """A percent escape that is none."""

    code = "MalformedQueryString"


class MissingAuthenticationToken(ApiError):
    """No signature where one is required."""

    code = "MissingAuthenticationToken"

    def __init__(self) -> None:
        super().__init__("Request is missing Authentication Token")


class IncompleteSignature(ApiError):
    """A signature that cannot be read."""

    code = "IncompleteSignature"


class SignatureDoesNotMatch(ApiError):
    """A signature of another time, scope, request or key."""

    code = "SignatureDoesNotMatch"


class InvalidClientTokenId(ApiError):
    """An unknown key, a session token that is missing or not the key's, or a role that is gone."""

    code = "InvalidClientTokenId"

    def __init__(self, detail: str) -> None:
        super().__init__("The security token included in the request is invalid.", detail=detail)


class ExpiredToken(ApiError):
    """The caller's own credentials have expired."""

    code = "ExpiredToken"

    def __init__(self, detail: str) -> None:
        super().__init__("The security token included in the request is expired", detail=detail)


class InternalFailure(ApiError):
    """The service is broken: what the shell answers when a bug reached it."""

    code = "InternalFailure"
    fault = Fault.RECEIVER

    def __init__(self) -> None:
        super().__init__(
            "The request processing has failed because of an unknown error, exception or failure."
        )


class ServiceUnavailable(ApiError):
    """The service cannot answer now; only a fault makes it say so."""

    code = "ServiceUnavailable"
    fault = Fault.RECEIVER


class Throttling(ApiError):
    """Too many requests; only a fault makes it say so."""

    code = "Throttling"


def demanded(code: str | None, message: str | None) -> ApiError:
    """The error with this code and message, as a fault asks for it; else InternalFailure."""
    for kind in ApiError.__subclasses__():
        if kind.code == code:
            error = kind.__new__(kind)
            ApiError.__init__(error, message)
            return error
    return InternalFailure()
