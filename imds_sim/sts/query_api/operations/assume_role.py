"""AssumeRole on the wire."""

from imds_sim.sts import limits
from imds_sim.sts.audit import particulars
from imds_sim.sts.operations.assume_role import AssumeRoleRequest, ProvidedContext
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.credentials_elements import (
    MINIMUM_SIZE,
    credentials_element,
    size_elements,
)
from imds_sim.sts.query_api.elements import Element
from imds_sim.sts.query_api.members import read_policy_arns, read_tags
from imds_sim.sts.query_api.parameters import Parameters
from imds_sim.sts.signer import inherited_tags


def read(parameters: Parameters) -> AssumeRoleRequest:
    """The request, not judged yet. Raises MalformedInput."""
    return AssumeRoleRequest(
        role_arn=parameters.required("RoleArn"),
        role_session_name=parameters.required("RoleSessionName"),
        duration=parameters.duration("DurationSeconds", limits.DEFAULT_DURATION),
        external_id=parameters.get("ExternalId"),
        policy=parameters.get("Policy"),
        policy_arns=read_policy_arns(parameters),
        tags=read_tags(parameters),
        transitive_tag_keys=parameters.texts("TransitiveTagKeys"),
        serial_number=parameters.get("SerialNumber"),
        token_code=parameters.get("TokenCode"),
        source_identity=parameters.get("SourceIdentity"),
        provided_contexts=tuple(
            ProvidedContext(context.required("ProviderArn"), context.required("ContextAssertion"))
            for context in parameters.structures("ProvidedContexts")
        ),
        minimum_session_token_size=parameters.integer(MINIMUM_SIZE),
    )


def answer(call: IncomingCall) -> Outcome:
    """Assume the role. Without session policies and tags there is no PackedPolicySize."""
    request = read(call.parameters)
    assumed = call.service.assume_role(call.signer, request, trust_context=call.context)
    principal = assumed.principal
    result: list[Element] = [
        ("AssumedRoleUser", [("AssumedRoleId", principal.user_id), ("Arn", principal.arn)]),
        credentials_element(assumed.credentials),
    ]
    if assumed.packed_size is not None:
        result.append(("PackedPolicySize", assumed.packed_size))
    result += size_elements(assumed.credentials, call.parameters)
    if assumed.source_identity is not None:
        result.append(("SourceIdentity", assumed.source_identity))
    key_id = assumed.credentials.access_key_id
    told = particulars.assume_role(
        request,
        assumed,
        call.parameters.integer("DurationSeconds"),
        inherited_tags(call.signer),
    )
    return Outcome(
        result,
        f"{call.signer.arn} became {principal.arn} with {key_id}",
        told,
        expires_at=assumed.credentials.expires_at,
    )
