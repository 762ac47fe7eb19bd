"""Full-URI endpoints: programs that ask a local server for credentials."""

from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.durations import Lifetime
from imds_sim.config.schema.files import SecretText, SharedTokenFile
from imds_sim.config.schema.names import RoleName
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import matching, one_of

_PATH = r"/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,127}){1,8}/?"
endpoint_path = matching(
    _PATH,
    "a path: / or up to 8 parts like /latest/credentials, of letters, digits and "
    "characters of ._~-, none beginning with a dot",
)
EndpointPath = Annotated[
    str,
    PlainValidator(endpoint_path),
    WithJsonSchema({"type": "string", "pattern": f"^({_PATH})$"}),
]
_DIALECTS: tuple[Literal["plain", "greengrass", "cloudshell", "aws_vault"], ...] = (
    "plain",
    "greengrass",
    "cloudshell",
    "aws_vault",
)
DialectName = Annotated[
    Literal["plain", "greengrass", "cloudshell", "aws_vault"],
    PlainValidator(one_of(*_DIALECTS)),
    WithJsonSchema({"enum": list(_DIALECTS)}),
]


class EndpointSection(Section):
    """A full-URI endpoint."""

    role: RoleName = Field(description="Name of the role under roles. Required.")
    dialect: DialectName = Field(
        "plain",
        description="Whose server it speaks like: plain, greengrass, cloudshell or aws_vault. "
        "Default: plain.",
    )
    authorization_token: SecretText | None = Field(
        None,
        description="What a client shows to get credentials, up to 128 characters. Default: "
        "derived from the path and the state key.",
    )
    authorization_token_file: SharedTokenFile | None = Field(
        None,
        repr=False,
        description="File that holds the token, without line feed; clients are given its name.",
    )
    lifetime: Lifetime | None = Field(
        None, description="Lifetime of its credentials, 15m to 12h. Default: 6h."
    )
