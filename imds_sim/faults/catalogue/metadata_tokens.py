"""Metadata tokens and IMDSv1: `token` is the PUT that issues one, `v1` a read without one."""

from datetime import timedelta

from imds_sim.faults import edits
from imds_sim.faults.effect import Effect, edited, plain, status_effect
from imds_sim.faults.hands import Change, Given, Hand
from imds_sim.faults.match import Aim

MOST = 21_600  # seconds, as for any metadata token
TTL_FIELD = "x-aws-ec2-metadata-token-ttl-seconds"


def _ttl(value: str) -> Hand:
    if not (value.isascii() and value.isdecimal() and 1 <= int(value[:6]) <= MOST):
        raise ValueError("not in range")
    return Given(Change.TOKEN_LIFE, timedelta(seconds=int(value)))


TOKEN = (
    status_effect(400, "the token request is bad: the end for every client"),
    status_effect(401, "the token request is unauthorized"),
    status_effect(403, "no tokens: clients go on without one, some of them for good"),
    status_effect(404, "no tokens, as on a server that knows IMDSv1 only"),
    status_effect(405, "no tokens: PUT is not allowed"),
    status_effect(500, "the token request fails; *1 tells who tries again"),
    status_effect(503, "the token request fails; *1 tells who tries again"),
    Effect(
        "no-ttl-header",
        "the token comes without its lifetime",
        edited(edits.without_field(TTL_FIELD)),
    ),
    Effect("empty", "200 without a token", edited(edits.body_of(b""))),
    Effect(
        "ttl",
        "the token lives so many seconds, whatever was asked for",
        _ttl,
        f"1 to {MOST} seconds",
        "5",
    ),
    Effect(
        "revoke",
        "at the next read every token issued so far is void; once",
        plain(Given(Change.TOKENS_VOID)),
        aim=Aim.PRESENTS_TOKEN,
        once=True,
    ),
)
V1 = (
    Effect("off", "reads without token are 401", plain(Given(Change.V1_CLOSED))),
    Effect("on", "reads without token are answered", plain(Given(Change.V1_OPEN))),
)
