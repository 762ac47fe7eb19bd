"""What the container endpoints refuse, and how each refusal looks on the wire.

Source: amazon-ecs-agent, ecs-agent/tmds/handlers/v1/credentials_handler.go; for Lambda
aws-lambda-runtime-interface-emulator, internal/lambda/rapi/handler/credentials.go.
"""

from dataclasses import dataclass
from http import HTTPStatus

from imds_sim.kernel.errors import SimError


class ContainersError(SimError):
    """A request that a container endpoint refuses."""


class EcsError(ContainersError):
    """A request that the ECS agent refuses."""


class NoIdInRequest(EcsError):
    """A credentials path without credentials id."""


class InvalidIdInRequest(EcsError):
    """A credentials id that belongs to no task."""


class CredentialsUninitialized(EcsError):
    """A task whose role's credentials have not arrived, as long as nobody may assume the role."""


class InternalServerError(EcsError):
    """The agent's own failure."""


class LambdaError(ContainersError):
    """A request that the Lambda runtime API refuses."""


class AuthorizationTokenUnknown(LambdaError):
    """No credentials for the authorization token: unknown, missing, or its role is not given."""


@dataclass(frozen=True, slots=True)
class EcsForm:
    """Status, `code` and `message` of an error document of the ECS agent."""

    status: HTTPStatus
    code: str
    message: str


# An unknown id is 400 and not 404, on every agent. The 503 is recent; agents before 2025 said 400.
ECS_FORMS: dict[type[EcsError], EcsForm] = {
    NoIdInRequest: EcsForm(
        HTTPStatus.BAD_REQUEST, "NoIdInRequest", "No Credential ID in the request"
    ),
    InvalidIdInRequest: EcsForm(
        HTTPStatus.BAD_REQUEST, "InvalidIdInRequest", "Credentials not found"
    ),
    CredentialsUninitialized: EcsForm(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "CredentialsUninitialized",
        "Credentials uninitialized for ID",
    ),
    InternalServerError: EcsForm(
        HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerError", "Internal server error"
    ),
}

# Status and text; the text is sent with a line feed, as Go's http.Error does.
LAMBDA_FORMS: dict[type[LambdaError], tuple[HTTPStatus, str]] = {
    AuthorizationTokenUnknown: (
        HTTPStatus.NOT_FOUND,
        "cannot get credentials for the provided token",
    ),
}
