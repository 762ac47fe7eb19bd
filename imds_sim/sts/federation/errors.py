"""What is wrong with tokens of identity providers, and with those that accounts issue.

The codes are those of botocore's model; messages that no report has are in its words too.
"""

from imds_sim.sts.errors import ApiError


class InvalidIdentityToken(ApiError):
    """A token or assertion of an identity provider that proves nothing here."""

    code = "InvalidIdentityToken"

    @classmethod
    def no_jwt(cls, detail: str) -> "InvalidIdentityToken":
        """A text that is no token, or one signed in a way that AWS does not take."""
        return cls(
            "The ID Token provided is not a valid JWT. "
            "(You may see this error if you sent an Access Token)",
            detail=detail,
        )

    @classmethod
    def missing_claim(cls, claim: str) -> "InvalidIdentityToken":
        return cls(f"Missing a required claim: {claim}.")

    @classmethod
    def not_validated(cls, detail: str) -> "InvalidIdentityToken":
        """What has no recorded words of its own: those of the model."""
        return cls(
            "The web identity token that was passed could not be validated by Amazon Web Services. "
            "Get a new identity token from the identity provider and then retry the request.",
            detail=detail,
        )


class ExpiredWebIdentityToken(ApiError):
    """A token whose `exp` has passed, seen with the leeway that there is."""

    code = "ExpiredTokenException"

    @classmethod
    def of(cls, now: int, expired: int) -> "ExpiredWebIdentityToken":
        """Both in seconds since the epoch."""
        return cls(
            f"Token expired: current date/time {now} must be before the expiration date/time "
            f"{expired}"
        )


class IdpCommunicationError(ApiError):
    """The identity provider cannot be reached; clients try again."""

    code = "IDPCommunicationError"

    def __init__(self, detail: str) -> None:
        super().__init__(  # the words of the model
            "The request could not be fulfilled because the identity provider (IDP) that was asked "
            "to verify the incoming identity token could not be reached.",
            detail=detail,
        )


class IdpRejectedClaim(ApiError):
    """The identity provider itself says no."""

    code = "IDPRejectedClaim"

    def __init__(self, detail: str) -> None:
        super().__init__(  # the words of the model
            "The identity provider (IdP) reported that authentication failed. "
            "This might be because the claim is invalid.",
            detail=detail,
        )


class OutboundFederationDisabled(ApiError):
    """The account issues no web identity tokens."""

    code = "OutboundWebIdentityFederationDisabledException"

    def __init__(self) -> None:
        super().__init__(  # the words of the model
            "The outbound web identity federation feature is not enabled for this account."
        )


class SessionDurationEscalation(ApiError):
    """A token that would outlive the session that asks for it."""

    code = "SessionDurationEscalationException"

    def __init__(self) -> None:
        super().__init__(  # the words of the model
            "The requested token duration would extend the session beyond its original expiration "
            "time."
        )


class JwtPayloadSizeExceeded(ApiError):
    """A token with more in it than a token may hold."""

    code = "JWTPayloadSizeExceededException"

    def __init__(self) -> None:
        super().__init__(  # the words of the model
            "The requested token payload size exceeds the maximum allowed size."
        )
