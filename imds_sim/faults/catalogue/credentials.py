"""The credentials document of whatever surface serves the workload."""

import re
from datetime import timedelta

from imds_sim.faults import documents, edits
from imds_sim.faults.effect import Effect, edited, plain, span, status_effect
from imds_sim.faults.hands import Change, Edited, Given, Hand
from imds_sim.faults.match import Aim
from imds_sim.kernel.message import Response

HTML = "text/html"
_CODE = re.compile("[A-Za-z]{1,64}", re.ASCII)
_TYPE = re.compile(r"[A-Za-z0-9!#$^_.+-]+/[A-Za-z0-9!#$^_.+-]+(; ?[a-z]+=[A-Za-z0-9-]+)?", re.ASCII)


def _code(value: str) -> Hand:
    if _CODE.fullmatch(value) is None:
        raise ValueError("not a code")
    return Edited(documents.failed(value))


def _missing(value: str) -> Hand:
    if value not in documents.MEMBERS:
        raise ValueError("no such member")
    return Edited(documents.without(value))


def _account_id(value: str) -> Hand:
    if value not in ("on", "off"):
        raise ValueError("neither")
    return Edited(documents.account(value == "on", documents.account_of))


def _content_type(value: str) -> Hand:
    if _TYPE.fullmatch(value) is None:
        raise ValueError("not a media type")
    return Edited(edits.content_type(value))


def _life(value: str) -> Hand:
    life = span(value, timedelta(seconds=1))
    if life > timedelta(hours=12):
        raise ValueError("longer than a session can be")
    return Given(Change.LIFE, life)


def _future(value: str) -> Hand:
    return Edited(documents.dated(documents.later(span(value))))


def _html_500(response: Response) -> Response:
    failed = edits.with_status(response, 500, "Internal Server Error")
    return edits.with_body(failed, edits.PAGE, HTML)


def _on_credentials(effect: Effect) -> Effect:
    return Effect(
        effect.name,
        effect.says,
        effect.make,
        effect.takes,
        effect.example,
        effect.default,
        Aim.CREDENTIALS,
        effect.lead,
        effect.once,
    )


_dated = documents.dated
_DURATION = "a duration like 120s"

# The documents of every surface; `cred` and the surfaces with credentials take them all.
DOCUMENT = tuple(
    _on_credentials(each)
    for each in (
        Effect("bad-json", "200 with what is no JSON", edited(edits.body_of(edits.BROKEN))),
        Effect("truncated", "200 with half of the document", edited(edits.half)),
        Effect("html", "200 with a page of HTML", edited(edits.body_of(edits.PAGE, HTML))),
        Effect("html-500", "500 with a page of HTML", edited(_html_500)),
        Effect("empty", "200 with nothing", edited(edits.body_of(b""))),
        Effect("huge", "a document of more than 64 KiB", edited(edits.members(documents.huge))),
        Effect(
            "code",
            "200 with a code in place of credentials",
            _code,
            "a code",
            "AssumeRoleUnauthorizedAccess",
        ),
        Effect(
            "missing",
            "the document lacks a member",
            _missing,
            f"one of {', '.join(documents.MEMBERS)}",
            "Token",
            documents.EXPIRATION,
        ),
        Effect("extra", "members that no client knows", edited(edits.members(documents.more))),
        Effect(
            "lowercase-keys",
            "every member in lower case",
            edited(edits.members(documents.lowercase)),
        ),
        Effect("account-id", "the account is told, or not", _account_id, "on or off", "on"),
        Effect("micros", "dates with microseconds", edited(_dated(documents.microseconds))),
        Effect("date-offset", "dates with +00:00 for Z", edited(_dated(documents.with_offset))),
        Effect("date-basic", "dates as 20330101T000000Z", edited(_dated(documents.basic))),
        Effect(
            "date-missing",
            "no expiry; the same as missing=Expiration",
            edited(documents.without(documents.EXPIRATION)),
        ),
        Effect(
            "date-null",
            "null for the expiry",
            edited(_dated(documents.nothing, (documents.EXPIRATION,))),
        ),
        Effect(
            "future-skew",
            "dates as a clock would write them that is fast, by 15m unless told",
            _future,
            _DURATION,
            "1h",
            "15m",
        ),
        Effect(
            "content-type",
            "another content type",
            _content_type,
            "a media type",
            "text/plain",
        ),
        Effect("charset", "the content type with a charset", edited(edits.charset)),
        Effect("redirect", "302 to where nothing is", edited(edits.redirect)),
        Effect(
            "expired",
            "credentials that have ended; the STS refuses them",
            plain(Given(Change.EXPIRED)),
        ),
        Effect("life", "credentials that truly end so soon", _life, _DURATION, "120s"),
        Effect(
            "stale", "the same document for ever, also beyond its end", plain(Given(Change.STALE))
        ),
        Effect("rotate", "a new set for every request", plain(Given(Change.ROTATED))),
        Effect(
            "rotate-mid-request",
            "the reply has the held set, every later one a new one",
            plain(Given(Change.ROTATED_AFTER)),
        ),
        Effect(
            "rotate-without-expiry-change",
            "a new set for every request, with the end of the one before",
            plain(Given(Change.ROTATED_SAME_END)),
        ),
        Effect(
            "assume-denied",
            "nobody may assume the role; the surface says it its way",
            plain(Given(Change.DENIED)),
        ),
    )
)
CRED = (
    status_effect(404, "no credentials under the role's name"),
    status_effect(429, "throttled"),
    status_effect(500, "the credentials request fails"),
    status_effect(503, "the credentials request fails; *N tells who tries again"),
    *DOCUMENT,
)
