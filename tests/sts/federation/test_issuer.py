"""Issuers, judged by another JOSE library."""

import subprocess
import sys
from datetime import timedelta

import jwt
import pytest

from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.keys import ProcessKeys
from imds_sim.sts.federation.issuer import Issuer
from imds_sim.sts.federation.jose import ALGORITHMS, KeySetInvalid, SigningKey
from imds_sim.sts.federation.keys import signing_key

URL = "https://issuer.example.com/id/1"
HOUR = timedelta(hours=1)
KEYS = {algorithm: SigningKey.generate(algorithm) for algorithm in ALGORITHMS}


def issuer(*algorithms: str) -> Issuer:
    keys = tuple(KEYS[each] for each in algorithms or ("RS256",))
    return Issuer(URL, keys, ManualClock(), SeededEntropy(3))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_library_verifies_a_token_by_the_published_keys(algorithm: str) -> None:
    own = issuer("RS256", *({algorithm} - {"RS256"}))
    token = own.mint({"sub": "somebody", "aud": "us"}, HOUR, algorithm).reveal()
    key = jwt.PyJWKSet.from_dict(own.jwks())[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token,
        key,
        [algorithm],
        audience="us",
        issuer=URL,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["iat"] == int(own.clock.now().timestamp())
    assert claims["sub"] == "somebody"
    assert claims["jti"]


def test_what_is_published_holds_nothing_private() -> None:
    published = issuer(*ALGORITHMS).jwks()["keys"]
    assert isinstance(published, list)
    assert len(published) == len(ALGORITHMS)
    assert not any(set(key) & {"d", "p", "q", "dp", "dq", "qi"} for key in published)


def test_claims_may_replace_and_remove_what_is_added() -> None:
    token = issuer().mint({"iat": 1, "jti": None, "sub": "ö"}, HOUR).reveal()
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["iat"] == 1
    assert claims["sub"] == "ö"
    assert "jti" not in claims


def test_the_discovery_document_has_what_aws_asks_for() -> None:
    document = issuer("RS256", "ES384").discovery("http://127.0.0.1:1339/oidc/1/keys")
    assert document["issuer"] == URL
    assert document["jwks_uri"] == "http://127.0.0.1:1339/oidc/1/keys"
    assert document["id_token_signing_alg_values_supported"] == ["RS256", "ES384"]
    assert {"response_types_supported", "subject_types_supported"} <= set(document)


def test_a_key_is_made_once_and_read_from_then_on() -> None:
    keeper = ProcessKeys()
    first, again = signing_key(keeper, URL, "RS256"), signing_key(keeper, URL, "RS256")
    assert first.public == again.public
    assert signing_key(keeper, URL, "ES384").public != first.public
    assert signing_key(keeper, "https://other.example.com", "RS256").public != first.public
    assert signing_key(keeper, URL, "ES384", "named").kid != "named"  # kept before


def test_a_damaged_key_is_told() -> None:
    with pytest.raises(KeySetInvalid):
        SigningKey.read("{}")


def test_keys_do_not_show_themselves() -> None:
    key = KEYS["ES256"]
    private = key.kept().reveal().partition('"d": "')[2][:20]
    assert private
    assert private not in repr(key)
    assert private not in repr(key.kept())


def test_a_simulator_loads_the_library_with_the_first_token_only() -> None:
    code = """
import sys
from imds_sim import Simulator
from imds_sim.config.load import parse_config
from imds_sim.sts.federation.orders import TokenOrder, mint

providers = {"https://a.example.com": {"built_in": True}}
with Simulator.start(parse_config({"oidc_providers": providers})) as sim:
    print("joserfc" in sys.modules)
    mint(sim.core.sts.issuers, TokenOrder("a.example.com"))
    print("joserfc" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\nTrue\n"
