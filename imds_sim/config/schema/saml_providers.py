"""The sections of SAML providers, with the metadata that their files hold.

Source: IAM API Reference, CreateSAMLProvider.
"""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema

from imds_sim.config.schema.files import content_of_file
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import Truth, matching
from imds_sim.sts.errors import StsError
from imds_sim.sts.limits import MAX_SAML_METADATA

if TYPE_CHECKING:
    from imds_sim.sts.federation.saml_metadata import SamlMetadata

_NAME = r"[\w.-]{1,128}"
_content = content_of_file(MAX_SAML_METADATA)

SamlProviderName = Annotated[
    str,
    PlainValidator(
        matching(_NAME, "a provider name: 1 to 128 letters, digits and characters of ._-")
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$"}),
]


def _metadata(value: object, info: ValidationInfo) -> "SamlMetadata":
    document = _content(value, info)
    from imds_sim.sts.federation.saml_metadata import read_metadata  # loads lxml

    try:
        return read_metadata(document)
    except StsError as error:
        raise ValueError(str(error)) from None


MetadataFile = Annotated[
    Any, PlainValidator(_metadata), WithJsonSchema({"type": "string", "minLength": 1})
]


class SamlProviderSection(Section):
    """A SAML provider: whose assertions the account of the file accepts."""

    metadata_file: MetadataFile | None = Field(
        None,
        description="File with the provider's metadata: its entity ID and the certificates that "
        "sign, 10 at most. Default: none, the provider is built in.",
    )
    built_in: Truth = Field(
        False,
        description="Whether this daemon itself is the provider; imds-sim saml-assertion speaks "
        "for it. Default: false.",
    )
