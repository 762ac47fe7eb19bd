"""GetWebIdentityToken on the wire."""

from imds_sim.sts import limits
from imds_sim.sts.audit import particulars
from imds_sim.sts.operations.get_web_identity_token import GetWebIdentityTokenRequest
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.elements import Element
from imds_sim.sts.query_api.members import read_tags
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> GetWebIdentityTokenRequest:
    """The request, not judged yet. Raises MalformedInput."""
    return GetWebIdentityTokenRequest(
        audiences=parameters.texts("Audience"),
        signing_algorithm=parameters.required("SigningAlgorithm"),
        duration=parameters.duration("DurationSeconds", limits.DEFAULT_WEB_IDENTITY_DURATION),
        tags=read_tags(parameters),
    )


def answer(call: IncomingCall) -> Outcome:
    """Hand out a token about the caller."""
    request = read(call.parameters)
    token = call.service.get_web_identity_token(call.signer, request, call.context)
    result: list[Element] = [
        ("WebIdentityToken", token.web_identity_token.reveal()),
        ("Expiration", token.expires_at),
    ]
    told = particulars.get_web_identity_token(
        request.audiences,
        request.signing_algorithm,
        token.expires_at,
        call.parameters.integer("DurationSeconds"),
        request.tags,
    )
    return Outcome(
        result, f"{call.signer.arn} got a token for {', '.join(request.audiences)}", told
    )
