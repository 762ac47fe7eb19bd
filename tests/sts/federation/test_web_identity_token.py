"""Whatever is sent as a token is taken apart or refused, and never breaks anything."""

import json
from base64 import urlsafe_b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imds_sim.kernel.clock import ManualClock
from imds_sim.sts.errors import ApiError
from imds_sim.sts.federation.errors import InvalidIdentityToken
from imds_sim.sts.federation.oidc import issuer_of, judged
from imds_sim.sts.federation.session_claims import (
    is_authorized_by_idp,
    source_identity_in,
    tags_in,
)
from imds_sim.sts.federation.web_identity_token import read_token
from tests.sts.federation.tokens import ISSUER, provider, raw_token

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        (
            *("iss", "sub", "aud", "azp", "exp", "iat", "nbf", "amr"),
            "https://aws.amazon.com/tags",
            "https://aws.amazon.com/tags/principal_tags/team",
            "https://aws.amazon.com/tags/transitive_tag_keys",
            "https://aws.amazon.com/source_identity",
            "https://aws.amazon.com/roles",
        ),
        JSON | st.just(ISSUER) | st.just(1_767_323_045),
    ),
)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_texts_are_refused_as_no_tokens(text: str) -> None:
    with pytest.raises(InvalidIdentityToken, match="not a valid JWT"):
        read_token(text)


@given(JSON, JSON)
def test_headers_and_claims_of_any_kind_are_judged(header: object, claims: object) -> None:
    try:
        token = read_token(raw_token(header, claims))
    except InvalidIdentityToken:
        return
    assert token.claims == json.loads(json.dumps(claims))


@given(CLAIMS)
def test_claims_of_any_kind_are_judged(claims: dict[str, object]) -> None:
    now = ManualClock().now()
    for judge in (
        issuer_of,
        lambda told: judged(told, provider(), now),
        tags_in,
        source_identity_in,
        lambda told: is_authorized_by_idp(told, "arn:aws:iam::111122223333:role/x"),
    ):
        with suppress(ApiError):
            judge(claims)


@pytest.mark.parametrize(
    "segment",
    [
        pytest.param("+/+/", id="the other alphabet"),
        pytest.param("e30=", id="padded"),
        pytest.param("e", id="an impossible length"),
        pytest.param("e30\n", id="a newline inside"),
    ],
)
def test_base64url_has_one_spelling(segment: str) -> None:
    header = urlsafe_b64encode(b'{"alg":"RS256"}').rstrip(b"=").decode()
    with pytest.raises(InvalidIdentityToken):
        read_token(f"{header}.{segment}.e30")
