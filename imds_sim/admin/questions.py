"""Questions to `GET /v1/why`: how they stand in a query, written by the command, read here."""

import json
from collections.abc import Mapping

from imds_sim.admin.errors import QueryInvalid
from imds_sim.simulator.why import Question

PARAMETERS = frozenset(
    {
        *("principal", "role", "external_id", "session_name", "tags", "source_identity", "mfa"),
        "claims",
    }
)
_TRUTH = {"true": True, "false": False}


def read_question(query: Mapping[str, str]) -> Question:
    """The question in a query: `tags` and `claims` are JSON objects, `mfa` is true or false.

    Raises QueryInvalid.
    """
    mfa = query.get("mfa", "false")
    if mfa not in _TRUTH:
        raise QueryInvalid(f"mfa: {mfa!r} is not true or false")
    return Question(
        principal=_required(query, "principal"),
        role=_required(query, "role"),
        external_id=query.get("external_id"),
        session_name=query.get("session_name"),
        tags=_tags(query.get("tags", "{}")),
        source_identity=query.get("source_identity"),
        with_mfa=_TRUTH[mfa],
        claims=_object("claims", query.get("claims", "{}")),
    )


def write_question(question: Question) -> dict[str, str | None]:
    """The query of a question; what is None is left out."""
    return {
        "principal": question.principal,
        "role": question.role,
        "external_id": question.external_id,
        "session_name": question.session_name,
        "tags": json.dumps(dict(question.tags)) if question.tags else None,
        "source_identity": question.source_identity,
        "mfa": "true" if question.with_mfa else None,
        "claims": json.dumps(dict(question.claims)) if question.claims else None,
    }


def _required(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        raise QueryInvalid(f"{name} is missing")
    return query[name]


def _tags(text: str) -> dict[str, str]:
    tags = _object("tags", text)
    if not all(isinstance(value, str) for value in tags.values()):
        raise QueryInvalid('tags: a JSON object of texts, such as {"team": "orders"}')
    return {key: str(value) for key, value in tags.items()}


def _object(name: str, text: str) -> dict[str, object]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        example = '{"team": "orders"}' if name == "tags" else '{"sub": "jane"}'
        of_what = " of texts" if name == "tags" else ""
        raise QueryInvalid(f"{name}: a JSON object{of_what}, such as {example}")
    return read
