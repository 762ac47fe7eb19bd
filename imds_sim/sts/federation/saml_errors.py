"""What is wrong with SAML responses.

Source: IAM User Guide, "Troubleshoot SAML federation"; reports of clients for what is about time.
"""

from imds_sim.sts.errors import ApiError


class ResponseInvalid(ApiError):
    """A response that nothing can be made of: in the words of the console."""

    code = "InvalidIdentityToken"

    def __init__(self, detail: str) -> None:
        super().__init__("Your request included an invalid SAML response.", detail=detail)


class ExpiredAssertion(ApiError):
    """A response whose time is over."""

    code = "ExpiredTokenException"

    @classmethod
    def stale(cls, detail: str) -> "ExpiredAssertion":
        """Passed on too late, whatever end it sets itself."""
        return cls("Token must be redeemed within 5 minutes of issuance", detail=detail)

    @classmethod
    def passed(cls, detail: str) -> "ExpiredAssertion":
        """An end that it sets itself has passed."""
        return cls("Response has expired", detail=detail)
