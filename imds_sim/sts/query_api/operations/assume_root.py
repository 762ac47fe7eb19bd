"""AssumeRoot on the wire."""

from imds_sim.sts import limits
from imds_sim.sts.audit import particulars
from imds_sim.sts.operations.assume_root import AssumeRootRequest
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.credentials_elements import (
    MINIMUM_SIZE,
    credentials_element,
    size_elements,
)
from imds_sim.sts.query_api.elements import Element
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> AssumeRootRequest:
    """The request, not judged yet. Raises MalformedInput."""
    return AssumeRootRequest(
        target_principal=parameters.required("TargetPrincipal"),
        task_policy_arn=parameters.required("TaskPolicyArn.arn"),
        duration=parameters.duration("DurationSeconds", limits.MAX_ROOT_TASK_DURATION),
        minimum_session_token_size=parameters.integer(MINIMUM_SIZE),
    )


def answer(call: IncomingCall) -> Outcome:
    """Become another account's root for a task."""
    request = read(call.parameters)
    assumed = call.service.assume_root(call.signer, request, call.context)
    result: list[Element] = [credentials_element(assumed.credentials)]
    result += size_elements(assumed.credentials, call.parameters)
    if assumed.source_identity is not None:
        result.append(("SourceIdentity", assumed.source_identity))
    key_id = assumed.credentials.access_key_id
    told = particulars.assume_root(request, assumed, call.parameters.integer("DurationSeconds"))
    done = f"{call.signer.arn} became {assumed.principal.arn} with {key_id}"
    return Outcome(result, done, told, expires_at=assumed.credentials.expires_at)
