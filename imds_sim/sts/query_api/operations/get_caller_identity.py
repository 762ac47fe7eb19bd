"""GetCallerIdentity on the wire; the order of the elements was recorded."""

from imds_sim.sts.query_api.call import IncomingCall, Outcome


def answer(call: IncomingCall) -> Outcome:
    """Tell who is calling."""
    identity = call.service.get_caller_identity(call.signer)
    result = [("Arn", identity.arn), ("UserId", identity.user_id), ("Account", identity.account)]
    return Outcome(result, f"GetCallerIdentity by {identity.arn}")
