"""The operations that there are, by the value of `Action`; a further one is a file and a line."""

from collections.abc import Callable, Mapping

from imds_sim.sts.query_api.call import IncomingCall, Outcome, UnsignedCall
from imds_sim.sts.query_api.operations import (
    assume_role,
    assume_role_with_saml,
    assume_role_with_web_identity,
    assume_root,
    decode_authorization_message,
    get_access_key_info,
    get_caller_identity,
    get_delegated_access_token,
    get_federation_token,
    get_session_token,
    get_web_identity_token,
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
    "GetWebIdentityToken": get_web_identity_token.answer,
}

# Those that nobody signs (`noAuth` in the model).
UNSIGNED_OPERATIONS: Mapping[str, Callable[[UnsignedCall], Outcome]] = {
    "AssumeRoleWithSAML": assume_role_with_saml.answer,
    "AssumeRoleWithWebIdentity": assume_role_with_web_identity.answer,
}
