"""DecodeAuthorizationMessage on the wire."""

from imds_sim.sts.audit import particulars
from imds_sim.sts.operations.decode_authorization_message import DecodeAuthorizationMessageRequest
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> DecodeAuthorizationMessageRequest:
    """The request, not judged yet."""
    return DecodeAuthorizationMessageRequest(parameters.required("EncodedMessage"))


def answer(call: IncomingCall) -> Outcome:
    """Decode a message; the document is a text in both formats."""
    request = read(call.parameters)
    decoded = call.service.decode_authorization_message(call.signer, request, call.context)
    done = f"DecodeAuthorizationMessage by {call.signer.arn}"
    told = particulars.decode_authorization_message(request.encoded_message)
    return Outcome([("DecodedMessage", decoded)], done, told)
