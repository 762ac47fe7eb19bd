"""The instance identity role: the role that every account has without anyone making it.

Source: EC2 User Guide, "Instance identity roles for Amazon EC2 instances"; the names of its
sessions from a recording of GetCallerIdentity of 2020 (the guide prints `iam` for `sts`).
"""

from imds_sim.iam.document import VERSION_WITH_VARIABLES, Policy
from imds_sim.iam.entities import Role

ROLE_NAME = "aws:ec2-instance"


def instance_identity_role(account: str, partition: str) -> Role:
    """The role of an account's instances: without policies, and nobody can assume it."""
    return Role(
        partition=partition,
        account=account,
        name=ROLE_NAME,
        unique_id=f"{account}:{ROLE_NAME}",
        trust=Policy(version=VERSION_WITH_VARIABLES),
    )
