"""The sections of accounts: the organization they are in, and what it lets happen there."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.policies import (
    RCP_LEVEL,
    SCP_LEVEL,
    ResourceControlPolicy,
    ServiceControlPolicy,
    WrittenPolicy,
)
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import Truth, matching

# Organizations API: Organization, Root and OrganizationalUnit; IAM User Guide,
# `aws:PrincipalOrgPaths`.
_ID = r"o-[a-z0-9]{10,32}"
_ROOT = r"r-[0-9a-z]{4,32}"
_UNIT = r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}"
_PATH = rf"{_ID}/{_ROOT}/({_UNIT}/)*"

OrganizationId = Annotated[
    str,
    PlainValidator(matching(_ID, "an organization id; write it like o-a1b2c3d4e5")),
    WithJsonSchema({"type": "string", "pattern": f"^{_ID}$"}),
]
OrganizationPath = Annotated[
    str,
    PlainValidator(
        matching(
            _PATH,
            "an organization path; write it like o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/, with the "
            "slash at its end",
        )
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{_PATH}$"}),
]


def _one_is_a_list(value: object) -> object:
    """A level with one policy may leave the brackets out."""
    return [value] if isinstance(value, dict | str) else value


def _not_empty(level: tuple[WrittenPolicy, ...]) -> tuple[WrittenPolicy, ...]:
    if not level:  # Organizations keeps at least one policy attached to everything
        raise ValueError("a level has one policy at least")
    return level


_Level = (Field(strict=False), BeforeValidator(_one_is_a_list), AfterValidator(_not_empty))
ScpLevel = Annotated[tuple[ServiceControlPolicy, ...], *_Level, SCP_LEVEL]
RcpLevel = Annotated[tuple[ResourceControlPolicy, ...], *_Level, RCP_LEVEL]


class OrganizationSection(Section):
    """Where in which organization an account is."""

    id: OrganizationId | None = Field(
        None, description="Id of the organization, e.g. o-a1b2c3d4e5. Default: none, no member."
    )
    path: OrganizationPath | None = Field(
        None,
        description="Path from the organization to the account's parent, e.g. "
        "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/. Default: none.",
    )


class AccountSection(Section):
    """An account: its organization and the policies that come from there."""

    organization: OrganizationSection = Field(
        default_factory=OrganizationSection, description="Membership in an organization."
    )
    scps: Annotated[tuple[ScpLevel, ...], Field(strict=False)] = Field(
        (),
        description="Service control policies that bind who calls from the account: a list of "
        "levels from the root to the account, each a list of policies, a document or "
        "FullAWSAccess. Every level must allow. Default: [], which binds nobody.",
    )
    rcps: Annotated[tuple[RcpLevel, ...], Field(strict=False)] = Field(
        (),
        description="Resource control policies that guard the roles of the account: levels as in "
        "scps, each policy a document or RCPFullAWSAccess. Default: [], which guards nothing.",
    )
    outbound_web_identity_federation: Truth = Field(
        False,
        description="Whether GetWebIdentityToken issues tokens for who calls from the account. "
        "Default: false.",
    )
    sts_active: Truth = Field(
        True,
        description="Whether STS is activated for the account in the region; if not, callers get "
        "no credentials of it. Default: true.",
    )
