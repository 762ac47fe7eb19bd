"""What AWS computes from an assertion."""

from imds_sim.iam.entities import SamlProvider
from imds_sim.sts.federation.saml_attributes import name_qualifier


def test_the_name_qualifier_hashes_issuer_account_and_provider() -> None:
    """STS API Reference, AssumeRoleWithSAML: the example of NameQualifier."""
    issuer = "https://example.com/saml"
    provider = SamlProvider("aws", "123456789012", "MySAMLIdP", issuer)
    assert name_qualifier(issuer, provider) == "1uAJanUnBc2XeUkHURMht+xam2c="
