"""GetAccessKeyInfo on the wire."""

from imds_sim.sts.audit import particulars
from imds_sim.sts.operations.get_access_key_info import GetAccessKeyInfoRequest
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> GetAccessKeyInfoRequest:
    """The request, not judged yet."""
    return GetAccessKeyInfoRequest(parameters.required("AccessKeyId"))


def answer(call: IncomingCall) -> Outcome:
    """Tell the account of a key."""
    request = read(call.parameters)
    account = call.service.get_access_key_info(call.signer, request, call.context)
    told = particulars.get_access_key_info(request.access_key_id)
    return Outcome([("Account", account)], f"GetAccessKeyInfo by {call.signer.arn}", told)
