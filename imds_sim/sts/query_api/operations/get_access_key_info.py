"""GetAccessKeyInfo on the wire."""

from imds_sim.sts.operations.get_access_key_info import GetAccessKeyInfoRequest
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> GetAccessKeyInfoRequest:
    """The request, not judged yet."""
    return GetAccessKeyInfoRequest(parameters.required("AccessKeyId"))


def answer(call: IncomingCall) -> Outcome:
    """Tell the account of a key."""
    account = call.service.get_access_key_info(call.signer, read(call.parameters), call.context)
    return Outcome([("Account", account)], f"GetAccessKeyInfo by {call.signer.arn}")
