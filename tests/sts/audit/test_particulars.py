"""Records whose operations come with a provider, and what they share with the others."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from imds_sim.iam.principals import RoleSessionPrincipal
from imds_sim.sts.audit import identity, particulars
from imds_sim.sts.audit.auditor import Auditor
from imds_sim.sts.audit.event import Outcome
from imds_sim.sts.audit.identity import Identity
from imds_sim.sts.audit.received import Received
from imds_sim.sts.audit.trail import AuditTrail
from imds_sim.sts.authority import Credentials
from imds_sim.sts.errors import AccessDenied
from tests.sts.audit.records import Record, faults_of
from tests.sts.scene import ACCOUNT, WEB, Sts

OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/Shibboleth"
SUBJECT = "repo:octo/cat:ref:refs/heads/main"
PRINCIPAL = RoleSessionPrincipal(WEB, "GitHubActions")
BY_WEB_IDENTITY = identity.of_web_identity(OIDC, "sts.amazonaws.com", SUBJECT, ACCOUNT)
BY_SAML = identity.of_saml("bdGOnTesti4+ExamplexL/jEvs=", "SamlExample", ACCOUNT)


@pytest.fixture
def credentials(sts: Sts) -> Credentials:
    return sts.on_instance().credentials


def recorded(sts: Sts, name: str, caller: Identity, outcome: Outcome) -> Record:
    """The record of a call over HTTP, which must fit its schema."""
    trail = AuditTrail()
    received = Received(
        at=datetime(2026, 3, 2, 8, tzinfo=UTC),
        request_id="5e13d696-11a9-4b69-a4e5-8abc8a8085ed",
        source_address="192.0.2.10",
        host="sts.eu-west-1.amazonaws.com",
        extended_request_id="MTpl",
    )
    Auditor(trail, sts.clock, sts.entropy, sts.region).call(name, caller, received, outcome)
    [record] = trail
    assert faults_of(record) == []
    return record


def test_a_web_identity_is_named_by_provider_audience_and_subject(
    sts: Sts, credentials: Credentials
) -> None:
    told = particulars.assume_role_with_web_identity(
        credentials,
        PRINCIPAL,
        provider=OIDC,
        subject=SUBJECT,
        audience="sts.amazonaws.com",
        duration_seconds=3600,
    )
    record = recorded(sts, "AssumeRoleWithWebIdentity", BY_WEB_IDENTITY, told)
    assert record["userIdentity"]["principalId"] == f"{OIDC}:sts.amazonaws.com:{SUBJECT}"
    assert list(record["responseElements"]) == [
        "credentials",
        "subjectFromWebIdentityToken",
        "assumedRoleUser",
        "provider",
        "audience",
    ]
    additional = record["additionalEventData"]
    assert additional["identityProviderConnectionVerificationMethod"] == "IAMTrustStore"
    assert "RoleAuthorizedByIdp" not in additional
    assert "sharedEventID" not in record


def test_tags_of_a_web_identity_are_a_map_and_the_idp_may_have_authorized_the_role(
    sts: Sts, credentials: Credentials
) -> None:
    told = particulars.assume_role_with_web_identity(
        credentials,
        PRINCIPAL,
        provider="accounts.google.com",
        provider_id="accounts.google.com",
        subject="4711",
        audience="app",
        principal_tags={"Project": "Pegasus"},
        transitive_tag_keys=["Project"],
        source_identity="me",
        packed_size=1,
        authorized_by_idp=True,
    )
    record = recorded(sts, "AssumeRoleWithWebIdentity", BY_WEB_IDENTITY, told)
    assert record["requestParameters"]["principalTags"] == {"Project": "Pegasus"}
    assert record["additionalEventData"]["RoleAuthorizedByIdp"] is True


def test_a_saml_user_is_named_by_qualifier_and_subject_and_the_assertion_by_its_id(
    sts: Sts, credentials: Credentials
) -> None:
    told = particulars.assume_role_with_saml(
        credentials,
        PRINCIPAL,
        assertion_id="_c0046c",
        provider_arn=SAML,
        subject="SamlExample",
        subject_type="transient",
        issuer="https://server.example.com/idp/shibboleth",
        audience="https://signin.aws.amazon.com/saml",
        name_qualifier="bdGOnTesti4+ExamplexL/jEvs=",
        principal_tags={"CostCenter": "987654"},
        transitive_tag_keys=["CostCenter"],
        duration_seconds=1800,
        packed_size=1,
    )
    record = recorded(sts, "AssumeRoleWithSAML", BY_SAML, told)
    assert record["requestParameters"]["sAMLAssertionID"] == "_c0046c"
    assert [each["ARN"] for each in record["resources"]] == [WEB.arn, SAML]
    assert record["userIdentity"]["identityProvider"] == "bdGOnTesti4+ExamplexL/jEvs="


@pytest.mark.parametrize(
    ("name", "caller"),
    [("AssumeRoleWithWebIdentity", BY_WEB_IDENTITY), ("AssumeRoleWithSAML", BY_SAML)],
)
def test_a_denied_federated_call_is_recorded_in_the_account_of_the_role(
    sts: Sts, name: str, caller: Identity
) -> None:
    record = recorded(sts, name, caller, AccessDenied("Not authorized to perform: it"))
    assert (record["errorCode"], record["recipientAccountId"]) == ("AccessDenied", ACCOUNT)


def test_a_token_for_others_is_not_in_its_record(sts: Sts) -> None:
    signer = sts.signer(sts.on_instance().credentials)
    told = particulars.get_web_identity_token(
        ["https://api.example.com"], "ES384", sts.clock.now() + timedelta(minutes=5), 300
    )
    caller = identity.of_signer(signer, "ASIA" + "A" * 16)
    record = recorded(sts, "GetWebIdentityToken", caller, told)
    assert json.dumps(record["responseElements"]) == '{"expiration": "Jan 2, 2026, 3:09:05 AM"}'


@pytest.mark.parametrize(
    ("provider", "shown"),
    [
        (OIDC, {"federatedProvider": OIDC, "attributes": {}}),
        ("accounts.google.com", {"federatedProvider": "accounts.google.com", "attributes": {}}),
        (SAML, {}),
    ],
)
def test_a_session_names_the_provider_of_web_identities_alone(
    sts: Sts, provider: str, shown: object
) -> None:
    signer = sts.signer(sts.on_instance(aws__FederatedProvider=provider).credentials)
    caller = identity.of_signer(signer, "ASIA" + "A" * 16)
    context = caller.members["sessionContext"]
    assert isinstance(context, dict)
    assert context["webIdFederationData"] == shown


@pytest.mark.parametrize("excess", [0, 1])
def test_long_texts_of_a_client_are_cut_as_cloudtrail_cuts_them(sts: Sts, excess: int) -> None:
    record = recorded(sts, "AssumeRole", BY_SAML, AccessDenied("a" * (1024 + excess)))
    assert record["errorMessage"] == "a" * 1024
