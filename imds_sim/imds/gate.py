"""The gate: what is decided about a request before anyone looks into the tree.

The order of the checks is the one that fits every recorded answer; a request that does not get
through never learns whether its path exists.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from imds_sim.imds.errors import (
    EndpointDisabled,
    ExpectationNotMet,
    ForwardedRequest,
    MethodNotAllowed,
    NobodyAnswers,
    PutElsewhere,
    TokenNotAccepted,
    TtlMissing,
)
from imds_sim.imds.path import TreePath, path_of
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.kernel.message import Headers, Request
from imds_sim.workloads.instance import Instance

# As looked up: in lower case.
TOKEN_HEADER = "x-aws-ec2-metadata-token"
TOKEN_TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"

TOKEN_METHODS = "OPTIONS, PUT"  # as recorded in a 405
TREE_METHODS = "GET, HEAD, OPTIONS"

_SECONDS = re.compile("[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A client asks for a metadata token that lasts `ttl_seconds`, 0 to 999,999,999."""

    instance: Instance
    ttl_seconds: int


class TreeRequest(NamedTuple):
    """A client may read the tree.

    `remaining` is what is left of its token's life, None without a token (IMDSv1).
    """

    instance: Instance
    path: TreePath | None
    remaining: timedelta | None


@dataclass(frozen=True, slots=True)
class MethodsRequest:
    """A client asks with OPTIONS for the methods of a path; `allow` is the answer."""

    allow: str


Admitted = TokenRequest | TreeRequest | MethodsRequest


def admit(request: Request, instance: Instance | None, tokens: MetadataTokens) -> Admitted:
    """Let a request through or raise the ImdsError that refuses it."""
    headers = request.headers
    if "expect" in headers:
        raise ExpectationNotMet("an Expect header is refused whatever it expects")
    if instance is None:
        raise NobodyAnswers("no instance answers this client")
    if not instance.options.http_endpoint_enabled:
        raise EndpointDisabled("HttpEndpoint is disabled")
    path = path_of(request.target)
    issues_tokens = path is not None and path.issues_tokens
    match request.method:
        case "GET" | "HEAD" if not issues_tokens:
            return _tree_request(headers, instance, path, tokens)
        case "PUT" if issues_tokens:
            return _token_request(headers, instance)
        case "PUT":
            raise PutElsewhere("tokens are issued at /latest/api/token alone")
        case method:
            allow = TOKEN_METHODS if issues_tokens else TREE_METHODS
            if method == "OPTIONS":
                return MethodsRequest(allow)
            raise MethodNotAllowed("the path has other methods", allow)


def is_v2(request: Request) -> bool:
    """Whether a request speaks IMDSv2: it carries one of its headers, or is a PUT."""
    headers = request.headers
    return bool(headers.get(TOKEN_HEADER)) or request.method == "PUT" or TOKEN_TTL_HEADER in headers


def _token_request(headers: Headers, instance: Instance) -> TokenRequest:
    _refuse_forwarded(headers)
    seconds = headers.get(TOKEN_TTL_HEADER)
    if seconds is None or _SECONDS.fullmatch(seconds) is None:
        raise TtlMissing("no lifetime in whole seconds")
    return TokenRequest(instance, int(seconds))


def _tree_request(
    headers: Headers, instance: Instance, path: TreePath | None, tokens: MetadataTokens
) -> TreeRequest:
    metadata_token = headers.get(TOKEN_HEADER)
    if metadata_token:
        _refuse_forwarded(headers)
        return TreeRequest(instance, path, tokens.check(metadata_token, instance.id))
    # Chef's ohai sends an empty header where it got no token.
    if instance.options.http_tokens_required:
        raise TokenNotAccepted("no metadata token, and HttpTokens is required")
    return TreeRequest(instance, path, None)


def _refuse_forwarded(headers: Headers) -> None:
    # The guide says so of PUT; kube2iam#279 met it on GET with a token as well.
    if "x-forwarded-for" in headers:
        raise ForwardedRequest("an IMDSv2 request with X-Forwarded-For")
