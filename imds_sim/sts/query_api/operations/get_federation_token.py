"""GetFederationToken on the wire."""

from imds_sim.sts import limits
from imds_sim.sts.audit import particulars
from imds_sim.sts.operations.get_federation_token import GetFederationTokenRequest
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.credentials_elements import (
    MINIMUM_SIZE,
    credentials_element,
    size_elements,
)
from imds_sim.sts.query_api.members import read_policy_arns, read_tags
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> GetFederationTokenRequest:
    """The request, not judged yet. Raises MalformedInput."""
    return GetFederationTokenRequest(
        name=parameters.required("Name"),
        policy=parameters.get("Policy"),
        policy_arns=read_policy_arns(parameters),
        duration=parameters.duration("DurationSeconds", limits.DEFAULT_USER_DURATION),
        tags=read_tags(parameters),
        minimum_session_token_size=parameters.integer(MINIMUM_SIZE),
    )


def answer(call: IncomingCall) -> Outcome:
    """Vouch for a federated user. Unlike AssumeRole it always tells PackedPolicySize."""
    request = read(call.parameters)
    federated = call.service.get_federation_token(call.signer, request, call.context)
    principal = federated.principal
    result = [
        credentials_element(federated.credentials),
        ("FederatedUser", [("FederatedUserId", principal.user_id), ("Arn", principal.arn)]),
        ("PackedPolicySize", federated.credentials.packed_size),
        *size_elements(federated.credentials, call.parameters),
    ]
    key_id = federated.credentials.access_key_id
    told = particulars.get_federation_token(
        request, federated, call.parameters.integer("DurationSeconds")
    )
    done = f"{call.signer.arn} vouched for {principal.arn} with {key_id}"
    return Outcome(result, done, told, expires_at=federated.credentials.expires_at)
