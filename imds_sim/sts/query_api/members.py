"""Lists of structures that several operations take."""

from imds_sim.sts.query_api.parameters import Parameters
from imds_sim.sts.tags import Tag


def read_tags(parameters: Parameters) -> tuple[Tag, ...]:
    """The parameter `Tags`; what a tag lacks is ABSENT."""
    return tuple(
        (tag.required("Key"), tag.required("Value")) for tag in parameters.structures("Tags")
    )


def read_policy_arns(parameters: Parameters) -> tuple[str, ...]:
    """The parameter `PolicyArns`; the field is spelt `arn`."""
    return tuple(policy.required("arn") for policy in parameters.structures("PolicyArns"))
