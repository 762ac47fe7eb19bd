"""GetDelegatedAccessToken on the wire: it never succeeds here."""

from imds_sim.sts.operations.get_delegated_access_token import GetDelegatedAccessTokenRequest
from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> GetDelegatedAccessTokenRequest:
    """The request, not judged yet."""
    return GetDelegatedAccessTokenRequest(parameters.required("TradeInToken"))


def answer(call: IncomingCall) -> Outcome:
    """Refuse the trade-in token."""
    call.service.get_delegated_access_token(call.signer, read(call.parameters))
