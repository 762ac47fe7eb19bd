"""An identity provider of somebody else: its keys and tokens are made with another JOSE library."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from imds_sim.iam.entities import OidcProvider, Role
from imds_sim.iam.grammar import parse_trust_policy
from imds_sim.kernel.clock import ManualClock
from tests.sts.scene import ACCOUNT

ISSUER = "https://idp.example.com/realm"
PLACE = "idp.example.com/realm"
AUDIENCE = "sts.amazonaws.com"
SUBJECT = "user:jane"
RSA = rsa.generate_private_key(65537, 2048)
OTHER_RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP384R1())


def jwk(key: Any, kid: str | None, **members: str) -> dict[str, Any]:
    """The public half of a key, as PyJWT writes it."""
    if isinstance(key, rsa.RSAPrivateKey):
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, **({"kid": kid} if kid is not None else {}), "use": "sig", **members}


def key_set(*keys: dict[str, Any]) -> str:
    return json.dumps({"keys": list(keys)})


KEYS = key_set(jwk(RSA, "first"), jwk(EC, "second"))


def provider(**fields: Any) -> OidcProvider:
    """The provider of ISSUER in the scene's account; keyword arguments replace fields."""
    given = {
        "partition": "aws",
        "account": ACCOUNT,
        "issuer": ISSUER,
        "client_ids": (AUDIENCE,),
        "name": "realm",
        "key_set": KEYS,
        **fields,
    }
    return OidcProvider(**given)


def claims_of(clock: ManualClock, **claims: Any) -> dict[str, Any]:
    """Good claims, issued now for an hour; a claim of None is left out."""
    now = int(clock.now().timestamp())
    whole = {
        "iss": ISSUER,
        "sub": SUBJECT,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 3600,
        **{name.replace("__", ":"): value for name, value in claims.items()},
    }
    return {name: value for name, value in whole.items() if value is not None}


def signed_token(
    claims: dict[str, Any],
    key: Any = RSA,
    algorithm: str = "RS256",
    kid: str | None = "first",
    **header: Any,
) -> str:
    """A token as PyJWT signs it."""
    named = {**header, **({"kid": kid} if kid is not None else {})}
    return jwt.encode(claims, key, algorithm=algorithm, headers=named)


def raw_token(header: object, payload: object, secret: bytes = b"") -> str:
    """Three segments of whatever, with an HMAC: what no library would make."""
    parts = [
        part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)
    ]
    text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    proof = hmac.digest(secret, text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"


def federated_role(trusted: OidcProvider | None = None, **elements: Any) -> Role:
    """A role that trusts a provider; keyword arguments are elements of its one statement."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": (trusted or provider()).arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{PLACE}:aud": AUDIENCE}},
        **elements,
    }
    trust = parse_trust_policy({"Version": "2012-10-17", "Statement": statement})
    return Role("aws", ACCOUNT, "federated", "AROAFEDERATED23456723", trust, path="/ci/")
