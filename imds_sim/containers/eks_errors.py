"""What the EKS Pod Identity agent refuses, and what EKS Auth refuses behind it.

Source: eks-pod-identity-agent, pkg/errors/errors.go and internal/validation/request.go; the API
model of EKS Auth for statuses; reports of users for the words about a role that cannot be assumed.
"""

from dataclasses import dataclass
from http import HTTPStatus

from imds_sim.containers.errors import ContainersError


class EksError(ContainersError):
    """A request for a pod's credentials that is refused; the message is what its text ends in."""


class HostNotAllowed(EksError):
    """A `Host` that is none of the agent's addresses: a page in a browser, or a forwarded port."""


class TokenMissing(EksError):
    """No service account token."""


class TokenNotParsed(EksError):
    """No JSON Web Token."""


class TokenClaimsRefused(EksError):
    """A token whose time is over or has not come."""


class TokenWithoutPod(EksError):
    """A token that is not bound to a pod."""


class EksAuthError(EksError):
    """A token that the agent has passed on and EKS Auth refuses."""


class InvalidToken(EksAuthError):
    """A token that this cluster has not issued, or for another audience."""


class AssociationMissing(EksAuthError):
    """A service account without role."""


class RoleNotAssumable(EksAuthError):
    """A role that EKS may not assume, or may not tag the session of."""


# The text that comes before an error's own.
AGENT_FORMS: dict[type[EksError], tuple[HTTPStatus, str]] = {
    HostNotAllowed: (
        HTTPStatus.FORBIDDEN,
        "Access Denied. Called agent through invalid address, please use either "
        "[169.254.170.23 fd00:ec2::23] address not ",
    ),
    TokenMissing: (HTTPStatus.BAD_REQUEST, "Service account token cannot be empty"),
    TokenNotParsed: (HTTPStatus.BAD_REQUEST, "Service account token cannot be parsed: "),
    TokenClaimsRefused: (
        HTTPStatus.BAD_REQUEST,
        "Service account token failed basic claim validations: ",
    ),
    TokenWithoutPod: (
        HTTPStatus.BAD_REQUEST,
        "failed to get pod uid from service account token: Service account token missing ",
    ),
}


@dataclass(frozen=True, slots=True)
class EksAuthForm:
    """Status, code and message of an answer of EKS Auth, whose status the agent copies."""

    status: HTTPStatus
    code: str
    message: str

    def text(self, request_id: str) -> str:
        """The answer in the agent's words."""
        return f"[{request_id}]: ({self.code}): {self.message}, fault: client"


# The message of AccessDeniedException is recorded, the others are not known.
EKS_AUTH_FORMS: dict[type[EksAuthError], EksAuthForm] = {
    InvalidToken: EksAuthForm(
        HTTPStatus.BAD_REQUEST,
        "InvalidTokenException",
        "The token included in the request is invalid.",
    ),
    AssociationMissing: EksAuthForm(
        HTTPStatus.NOT_FOUND,
        "ResourceNotFoundException",
        "No pod identity association was found for the service account.",
    ),
    RoleNotAssumable: EksAuthForm(
        HTTPStatus.BAD_REQUEST,
        "AccessDeniedException",
        "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
    ),
}
