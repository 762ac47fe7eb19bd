"""The ARNs of what the file declares under short names."""

from imds_sim.config.schema.configuration import Configuration
from imds_sim.kernel.arn import partition_of

AWS_MANAGED = "aws"  # stands for the account in the ARNs of policies that AWS manages


def role_arns(configuration: Configuration) -> dict[str, str]:
    """Name to ARN of every role."""
    partition = partition_of(configuration.region)
    return {
        name: f"arn:{partition}:iam::{role.account or configuration.account}:role{role.path}{name}"
        for name, role in configuration.roles.items()
    }


def user_arns(configuration: Configuration) -> dict[str, str]:
    """Name to ARN of every user; users are of the file's account."""
    partition = partition_of(configuration.region)
    return {
        name: f"arn:{partition}:iam::{configuration.account}:user{user.path}{name}"
        for name, user in configuration.users.items()
    }


def managed_policy_arn(configuration: Configuration, reference: str) -> str:
    """The ARN of a managed policy, given that or its name in the account of the file."""
    if reference.startswith("arn:"):
        return reference
    partition = partition_of(configuration.region)
    return f"arn:{partition}:iam::{configuration.account}:policy/{reference}"


def owner_of(policy_arn: str) -> str:
    """The account of a managed policy, or AWS_MANAGED."""
    return policy_arn.split(":")[4]


def serial_of(configuration: Configuration, user: str, serial: str | None) -> str:
    """The serial number of a user's MFA device: as given, else the ARN that IAM would suggest."""
    partition = partition_of(configuration.region)
    return serial or f"arn:{partition}:iam::{configuration.account}:mfa/{user}"


def provider_arns(configuration: Configuration) -> list[str]:
    """The ARNs of the identity providers, one for each account that has it."""
    partition = partition_of(configuration.region)
    saml = f"arn:{partition}:iam::{configuration.account}:saml-provider/"
    return [
        *(f"{saml}{name}" for name in configuration.saml_providers),
        *(
            f"arn:{partition}:iam::{account}:oidc-provider/{issuer.partition('://')[2]}"
            for issuer, section in configuration.oidc_providers.items()
            for account in section.accounts or (configuration.account,)
        ),
    ]
