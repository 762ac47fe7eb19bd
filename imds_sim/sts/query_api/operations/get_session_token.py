"""GetSessionToken on the wire."""

from imds_sim.sts import limits
from imds_sim.sts.audit import particulars
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.credentials_elements import (
    MINIMUM_SIZE,
    credentials_element,
    size_elements,
)
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> GetSessionTokenRequest:
    """The request, not judged yet. Raises MalformedInput."""
    return GetSessionTokenRequest(
        duration=parameters.duration("DurationSeconds", limits.DEFAULT_USER_DURATION),
        serial_number=parameters.get("SerialNumber"),
        token_code=parameters.get("TokenCode"),
        minimum_session_token_size=parameters.integer(MINIMUM_SIZE),
    )


def answer(call: IncomingCall) -> Outcome:
    """Hand out temporary credentials of the signer itself."""
    request = read(call.parameters)
    credentials = call.service.get_session_token(call.signer, request)
    result = [credentials_element(credentials), *size_elements(credentials, call.parameters)]
    told = particulars.get_session_token(
        request, credentials, call.parameters.integer("DurationSeconds")
    )
    done = f"{call.signer.arn} got a session with {credentials.access_key_id}"
    return Outcome(result, done, told, expires_at=credentials.expires_at)
