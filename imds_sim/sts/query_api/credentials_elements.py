"""Credentials on the wire, and how much of the session token they fill.

Source: botocore's data/sts/2011-06-15/service-2.json; the order of elements was recorded.
"""

from imds_sim.sts.authority import Credentials
from imds_sim.sts.limits import MAX_SESSION_TOKEN
from imds_sim.sts.query_api.elements import Element
from imds_sim.sts.query_api.parameters import Parameters

MINIMUM_SIZE = "MinimumSessionTokenSize"


def credentials_element(credentials: Credentials) -> Element:
    """The element `Credentials`."""
    return (
        "Credentials",
        [
            ("AccessKeyId", credentials.access_key_id),
            ("SecretAccessKey", credentials.secret_access_key.reveal()),
            ("SessionToken", credentials.session_token.reveal()),
            ("Expiration", credentials.expires_at),
        ],
    )


def size_elements(credentials: Credentials, parameters: Parameters) -> list[Element]:
    """The size of the session token, for a caller that asked for a size.

    Answers recorded after these members came have none of them; who asks knows them.
    """
    if parameters.get(MINIMUM_SIZE) is None:
        return []
    size = len(credentials.session_token.reveal())
    return [
        ("SessionTokenSize", size),
        ("SessionTokenUtilization", -(-100 * size // MAX_SESSION_TOKEN)),
    ]
