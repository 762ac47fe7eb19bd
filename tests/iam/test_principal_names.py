import pytest

from imds_sim.iam.principal_names import PrincipalKind, PrincipalName, objection_to

AWS, SERVICE, FEDERATED = PrincipalKind.AWS, PrincipalKind.SERVICE, PrincipalKind.FEDERATED
A = "111122223333"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (AWS, "*"),
        (AWS, A),
        (AWS, f"arn:aws:iam::{A}:root"),
        (AWS, f"arn:aws:iam::{A}:user/team/alice"),
        (AWS, f"arn:aws:iam::{A}:role/web"),
        (AWS, f"arn:aws-us-gov:iam::{A}:role/team/sub/web"),
        (AWS, f"arn:aws:sts::{A}:assumed-role/web/i-0a"),
        (AWS, f"arn:aws:sts::{A}:federated-user/bob"),
        (AWS, "AIDAALICEAAAAAAAAAAAA"),
        (AWS, "AROAWEBAAAAAAAAAAAAAA"),
        (SERVICE, "ec2.amazonaws.com"),
        (SERVICE, "lambda.us-east-1.amazonaws.com"),
        (FEDERATED, f"arn:aws:iam::{A}:saml-provider/corp"),
        (FEDERATED, f"arn:aws:iam::{A}:oidc-provider/token.actions.githubusercontent.com"),
        (FEDERATED, f"arn:aws:iam::{A}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/AB12"),
        (FEDERATED, f"arn:aws:iam::{A}:oidc-provider/localhost:8080/"),
        (FEDERATED, "accounts.google.com"),
        (FEDERATED, "graph.facebook.com"),
        (FEDERATED, "www.amazon.com"),
        (FEDERATED, "cognito-identity.amazonaws.com"),
    ],
)
def test_every_form_of_a_principal_is_known(kind: PrincipalKind, value: str) -> None:
    assert objection_to(PrincipalName(kind, value)) is None


@pytest.mark.parametrize(
    "value",
    [
        f"arn:aws:iam::{A}:role/*",
        f"arn:aws:iam::{A}:user/ali?e",
        "arn:aws:iam::1111:role/web",
        f"arn:aws:iam::{A}:group/g",
        f"arn:aws:sts::{A}:assumed-role/team/web/i-0a",
        f"arn:aws:sts::{A}:assumed-role/web/*",
        f"arn:aws:sts::{A}:federated-user/x",
        "1111222233334",
        "AKIAALICEAAAAAAAAAAA",
        "alice",
        "",
    ],
)
def test_a_name_that_is_no_principal_is_invalid(value: str) -> None:
    objection = objection_to(PrincipalName(AWS, value))
    assert objection is not None
    assert objection.startswith(f'Invalid principal in policy: "AWS":"{value}"')


@pytest.mark.parametrize("value", ["ec2", "*", "EC2.amazonaws.com", "ec2.amazonaws.com/x"])
def test_a_service_is_named_by_its_domain(value: str) -> None:
    objection = objection_to(PrincipalName(SERVICE, value))
    assert objection is not None
    assert objection.startswith(f'Invalid principal in policy: "SERVICE":"{value}"')


@pytest.mark.parametrize(
    "value", ["*", "google", "https://accounts.google.com", f"arn:aws:iam::{A}:role/web"]
)
def test_a_provider_is_named_by_its_arn_or_its_domain(value: str) -> None:
    said = "Federated principals must be valid domain names or SAML metadata ARNs"
    assert objection_to(PrincipalName(FEDERATED, value)) == said


def test_an_account_is_one_with_its_root_and_kinds_are_apart() -> None:
    root = PrincipalName(AWS, f"arn:aws:iam::{A}:root")
    assert root.key == PrincipalName(AWS, A).key == A
    domain = "www.amazon.com"
    assert PrincipalName(SERVICE, domain).key != PrincipalName(FEDERATED, domain).key
