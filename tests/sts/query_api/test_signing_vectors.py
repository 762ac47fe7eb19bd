"""The published test suite of Signature Version 4, run against what the surface verifies with."""

import json
from pathlib import Path
from typing import Any

import pytest

from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.sts.query_api import sigv4a
from imds_sim.sts.query_api.canonical import Scope, canonical_request, signature, string_to_sign

SUITE = Path(__file__).parents[2] / "data" / "aws-sig-v4-test-suite" / "vectors.json"
VECTORS: dict[str, dict[str, dict[str, str]]] = json.loads(SUITE.read_text())
WAYS = ("header", "query")


def parsed(text: str) -> Request:
    """The request of a vector; a header may go on in further lines, as it did before RFC 9112."""
    head, _, body = text.partition("\n\n")
    first, *lines = head.split("\n")
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith((" ", "\t")):
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip()}")
        elif line:
            name, _, value = line.partition(":")
            fields.append((name, value.strip()))
    method, _, rest = first.partition(" ")
    target = rest.rpartition(" ")[0]
    return Request(method, _as_sent(target), Headers(fields), body.encode())


def _as_sent(text: str) -> str:
    return text.encode().decode("latin-1")


def signed_headers(canonical: str) -> tuple[str, ...]:
    return tuple(canonical.split("\n")[-2].split(";"))


def context_of(vector: dict[str, str]) -> tuple[dict[str, Any], str, Secret]:
    context = json.loads(vector["context.json"])
    timestamp = context["timestamp"].replace("-", "").replace(":", "")
    return context, timestamp, Secret(context["credentials"]["secret_access_key"])


# There the session token joins the query after signing; STS wants it signed.
UNSIGNED_TOKEN = ("post-sts-header-after", "query")


@pytest.mark.parametrize(
    ("name", "way"),
    [
        (name, way)
        for name in sorted(VECTORS["v4"])
        for way in WAYS
        if (name, way) != UNSIGNED_TOKEN
    ],
)
def test_a_request_is_made_canonical_and_signed_as_published(name: str, way: str) -> None:
    vector = VECTORS["v4"][name]
    context, timestamp, secret = context_of(vector)
    request = parsed(vector[f"{way}-signed-request.txt"])
    canonical = vector[f"{way}-canonical-request.txt"]
    names = signed_headers(canonical)
    assert canonical_request(request, names).decode("latin-1") == _as_sent(canonical)
    scope = Scope(timestamp[:8], context["region"], context["service"])
    assert signature(request, names, scope, timestamp, secret) == vector[f"{way}-signature.txt"]


@pytest.mark.parametrize("name", sorted(VECTORS["v4a"]))
def test_an_asymmetric_signature_is_verified_with_the_published_key(name: str) -> None:
    vector = VECTORS["v4a"][name]
    context, timestamp, secret = context_of(vector)
    key_id = context["credentials"]["access_key_id"]
    published = json.loads(vector["public-key.json"])
    numbers = sigv4a.public_key(key_id, secret).public_numbers()
    assert (numbers.x, numbers.y) == (int(published["X"], 16), int(published["Y"], 16))
    request = parsed(vector["header-signed-request.txt"])
    fields = request.headers.get("authorization") or ""
    names = tuple(fields.partition("SignedHeaders=")[2].partition(",")[0].split(";"))
    scope = Scope(timestamp[:8], None, context["service"])
    to_sign = string_to_sign(request, names, scope, timestamp, sigv4a.ALGORITHM)
    assert to_sign.decode() == vector["header-string-to-sign.txt"]
    proof = fields.partition("Signature=")[2]
    assert sigv4a.is_signature(proof, to_sign, key_id, secret)
    assert not sigv4a.is_signature(proof, to_sign + b"x", key_id, secret)
    assert not sigv4a.is_signature("zz", to_sign, key_id, secret)
    assert not sigv4a.is_signature(proof[:-2], to_sign, key_id, secret)


@pytest.mark.parametrize(
    ("region_set", "covered"),
    [
        ("*", True),
        ("eu-west-1", True),
        ("us-east-1, eu-west-1", True),
        ("eu-*", True),
        ("us-*", False),
        ("", False),
        ("eu-west-11", False),
    ],
)
def test_a_set_of_regions_is_a_list_with_wildcards(region_set: str, covered: bool) -> None:
    assert sigv4a.covers(region_set, "eu-west-1") is covered
