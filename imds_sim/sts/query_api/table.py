"""The operations that there are, by the value of `Action`; a further one is a file and a line."""

from collections.abc import Callable, Mapping

from imds_sim.sts.query_api.call import IncomingCall, Outcome
from imds_sim.sts.query_api.operations import (
    assume_role,
    assume_root,
    decode_authorization_message,
    get_access_key_info,
    get_caller_identity,
    get_delegated_access_token,
    get_federation_token,
    get_session_token,
)

OPERATIONS: Mapping[str, Callable[[IncomingCall], Outcome]] = {
    "AssumeRole": assume_role.answer,
    "AssumeRoot": assume_root.answer,
    "DecodeAuthorizationMessage": decode_authorization_message.answer,
    "GetAccessKeyInfo": get_access_key_info.answer,
    "GetCallerIdentity": get_caller_identity.answer,
    "GetDelegatedAccessToken": get_delegated_access_token.answer,
    "GetFederationToken": get_federation_token.answer,
    "GetSessionToken": get_session_token.answer,
}
