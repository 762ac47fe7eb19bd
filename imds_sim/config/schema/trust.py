"""The trust policy of a role: a document, or `none` for nobody."""

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from imds_sim.config.findings import KeyPath
from imds_sim.config.schema.text import kind_of, shown
from imds_sim.iam.document import Policy, trust_for_services
from imds_sim.iam.errors import PolicyInvalid
from imds_sim.iam.grammar import parse_trust_policy


class TrustNotUnderstood(ValueError):
    """A document with mistakes; `problems` are paths inside it, each with a message."""

    def __init__(self, problems: list[tuple[KeyPath, str]]) -> None:
        self.problems = problems
        super().__init__("is not a trust policy")


def _trust(value: object) -> Policy:
    if value == "none":
        return trust_for_services(())
    if not isinstance(value, dict):
        given = shown(value) if isinstance(value, str) else kind_of(value)
        raise ValueError(f"must be none (nobody) or a policy document, not {given}")
    try:
        return parse_trust_policy(value)
    except PolicyInvalid as invalid:
        raise TrustNotUnderstood([(each.path, each.message) for each in invalid.problems]) from None


Trust = Annotated[
    Policy,
    PlainValidator(_trust),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "none"},
                {
                    "type": "object",
                    "required": ["Statement"],
                    "properties": {
                        "Version": {"enum": ["2012-10-17", "2008-10-17"]},
                        "Id": {"type": "string"},
                        "Statement": {"type": ["object", "array"]},
                    },
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
