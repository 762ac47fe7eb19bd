"""AssumeRoleWithSAML: what an assertion is good for, until when, and what is said to a bad one."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from imds_sim.iam.entities import Role
from imds_sim.sts.errors import AccessDenied, ApiError, InvalidParameterValue, ValidationError
from imds_sim.sts.federation.errors import IdpRejectedClaim, InvalidIdentityToken
from imds_sim.sts.federation.saml_attributes import name_qualifier
from imds_sim.sts.federation.saml_errors import ExpiredAssertion, ResponseInvalid
from imds_sim.sts.federation.saml_signature import sign
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.operations.assume_role_with_saml import (
    AssumeRoleWithSamlRequest,
    RoleAssumedWithSaml,
)
from tests.sts.federation.responses import (
    ENTITY,
    GRANT,
    MINUTE,
    NAMED,
    PROVIDER_ARN,
    ROLE_ARN,
    START,
    Response,
    attribute,
    aws,
    encoded,
    instant,
    key,
    provider,
)
from tests.sts.scene import ACCOUNT, HOUR, Sts, answer, code_of, form, post, trusting

SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)
ACTIONS = ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]
INVALID = "Your request included an invalid SAML response."
NO_AUDIENCE = "Response does not contain the required audience."
DENIED = "Not authorized to perform sts:AssumeRoleWithSAML"
BAD_SOURCE = 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'
BAD_NAME = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"


def federated(**elements: Any) -> Role:
    elements = {"Action": ACTIONS, "Principal": {"Federated": PROVIDER_ARN}, **elements}
    return Role("aws", ACCOUNT, "federated", "AROAFEDERATED23456723", trusting(**elements))


@pytest.fixture
def sts() -> Sts:
    return Sts(roles=(federated(),), saml_providers=(provider(),))


def assume(sts: Sts, response: Response | str = Response(), **asked: Any) -> RoleAssumedWithSaml:  # noqa: B008
    text = response.encoded() if isinstance(response, Response) else response
    request = AssumeRoleWithSamlRequest(ROLE_ARN, PROVIDER_ARN, text)
    return sts.service.assume_role_with_saml(replace(request, **asked))


def lifetime(assumed: RoleAssumedWithSaml) -> timedelta:
    return assumed.credentials.expires_at - assumed.credentials.issued_at


def test_a_provider_vouches_for_a_session(sts: Sts) -> None:
    assumed = assume(sts)
    assert assumed.principal.arn == "arn:aws:sts::111122223333:assumed-role/federated/joe"
    assert (assumed.assertion.subject, assumed.subject_type) == ("joe@example.com", "persistent")
    assert assumed.assertion.identifier == "_assertion"
    assert assumed.packed_size is None
    assert sts.signer(assumed.credentials).arn == assumed.principal.arn


def test_an_assertion_may_be_used_again_while_it_is_valid(sts: Sts) -> None:
    first, second = assume(sts), assume(sts)
    assert first.credentials.access_key_id != second.credentials.access_key_id


@pytest.mark.parametrize(
    ("response", "age", "accepted"),
    [
        (Response(), 5 * MINUTE, True),
        (Response(), 5 * MINUTE + MILLISECOND, False),
        (Response(ends_at=START + MINUTE), MINUTE - MILLISECOND, True),
        (Response(ends_at=START + MINUTE), MINUTE, False),
        (Response(confirmed_until=START + MINUTE), MINUTE - MILLISECOND, True),
        (Response(confirmed_until=START + MINUTE), MINUTE, False),
    ],
)
def test_an_assertion_lives_five_minutes_or_to_its_own_end(
    sts: Sts, response: Response, age: timedelta, accepted: bool
) -> None:
    sts.clock.advance(age)
    if accepted:
        assume(sts, response)
    else:
        with pytest.raises(ExpiredAssertion):
            assume(sts, response)


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_time_are_told_apart(sts: Sts, year: int) -> None:
    edge = START.replace(year=year, month=1 if year == 1 else 12, day=1)
    until = f' SessionNotOnOrAfter="{edge.isoformat()[:19]}Z"/>'
    for response in (
        Response(issued_at=edge),
        Response(not_before=edge),
        Response(ends_at=edge),
        Response(statement=Response().statement.replace("/>", until)),
    ):
        text = response.text.replace(f"{year}-", f"{year:04}-")
        signed = sign(text.encode(), "_assertion", key().private_key, key().certificate)
        try:
            assume(sts, encoded(signed))
        except (ResponseInvalid, ExpiredAssertion):
            continue


def test_what_is_told_of_time(sts: Sts) -> None:
    sts.clock.advance(6 * MINUTE)
    for response, message in (
        (Response(), "Token must be redeemed within 5 minutes of issuance"),
        (Response(ends_at=START), "Response has expired"),
    ):
        with pytest.raises(ExpiredAssertion) as refused:
            assume(sts, response)
        assert refused.value.message == message


@pytest.mark.parametrize(("begins", "accepted"), [(5 * MINUTE, True), (5 * MINUTE + SECOND, False)])
@pytest.mark.parametrize("field", ["not_before", "issued_at"])
def test_a_clock_may_be_five_minutes_ahead(
    sts: Sts, field: str, begins: timedelta, accepted: bool
) -> None:
    at = START + begins
    response = Response(issued_at=at) if field == "issued_at" else Response(not_before=at)
    if accepted:
        assume(sts, response)
    else:
        with pytest.raises(ResponseInvalid, match=re.escape(INVALID)):
            assume(sts, response)


@pytest.mark.parametrize(
    ("asked", "attributes", "session_end", "granted"),
    [
        (None, "", None, HOUR),
        (2 * HOUR, "", None, 2 * HOUR),
        (2 * HOUR, aws("SessionDuration", "5400"), None, 1.5 * HOUR),
        (HOUR, aws("SessionDuration", "5400"), None, HOUR),
        (None, aws("SessionDuration", "43200"), None, HOUR),
        (2 * HOUR, aws("SessionDuration", "900"), START + 30 * MINUTE, 15 * MINUTE),
        (2 * HOUR, "", START + 30 * MINUTE, 30 * MINUTE),
        (2 * HOUR, "", START + 3 * HOUR, 2 * HOUR),
    ],
)
def test_the_shortest_duration_counts(
    sts: Sts, asked: timedelta | None, attributes: str, session_end: Any, granted: timedelta
) -> None:
    sts.changed(federated(), max_session_duration=2 * HOUR)
    statement = Response().statement
    if session_end is not None:
        until = f' SessionNotOnOrAfter="{instant(session_end)}"/>'
        statement = statement.replace("/>", until)
    response = Response(attributes=GRANT + NAMED + attributes, statement=statement)
    duration = {} if asked is None else {"duration": asked}
    assert lifetime(assume(sts, response, **duration)) == granted


@pytest.mark.parametrize("left", [SECOND, timedelta(0)])
def test_a_session_that_has_ended_is_not_begun(sts: Sts, left: timedelta) -> None:
    until = f' SessionNotOnOrAfter="{instant(START + left)}"/>'
    response = Response(statement=Response().statement.replace("/>", until))
    if left:
        assert lifetime(assume(sts, response)) == SECOND
    else:
        with pytest.raises(ExpiredAssertion, match="Response has expired"):
            assume(sts, response)


def test_the_maximum_of_the_role_binds(sts: Sts) -> None:
    with pytest.raises(ValidationError, match="exceeds the MaxSessionDuration set for this role"):
        assume(sts, duration=HOUR + SECOND)
    assert lifetime(assume(sts, duration=HOUR)) == HOUR


@pytest.mark.parametrize(
    "pair",
    [f"{ROLE_ARN},{PROVIDER_ARN}", f"{PROVIDER_ARN},{ROLE_ARN}", f" {ROLE_ARN} , {PROVIDER_ARN} "],
)
def test_role_and_provider_may_stand_in_either_order(sts: Sts, pair: str) -> None:
    others = "arn:aws:iam::111122223333:role/x,arn:aws:iam::111122223333:saml-provider/x"
    assume(sts, Response(attributes=NAMED + aws("Role", others, pair)))


@pytest.mark.parametrize(
    "recipient",
    [
        "https://signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com/static/saml",
        "https://eu-west-1.signin.aws.amazon.com/saml",
        "https://us-gov-west-1.signin.amazonaws-us-gov.com/saml",
        "https://signin.amazonaws.cn/saml",
        "https://signin.aws.amazon.com/saml/acs/SAMLSPA1B2C3D4E5",
        "https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSPA1B2C3D4E5",
    ],
)
def test_every_sign_in_endpoint_is_a_recipient_and_an_audience(sts: Sts, recipient: str) -> None:
    audiences = f"<saml:Audience>x</saml:Audience><saml:Audience>{recipient}</saml:Audience>"
    assumed = assume(sts, Response(recipient=recipient, audiences=audiences))
    assert assumed.assertion.recipient == recipient


@pytest.mark.parametrize(
    ("response", "error", "message"),
    [
        (
            Response(status="urn:oasis:names:tc:SAML:2.0:status:Responder", signed="none"),
            IdpRejectedClaim,
            "The identity provider (IdP) reported that authentication failed.",
        ),
        (Response(signed="none"), InvalidIdentityToken, "Response signature invalid"),
        (
            Response(issuer="https://other.example.com"),
            InvalidIdentityToken,
            "Issuer not present in specified provider",
        ),
        (Response(recipient="https://example.com/saml"), InvalidIdentityToken, NO_AUDIENCE),
        (
            Response(recipient="https://signin.aws.amazon.com.evil.org/saml"),
            InvalidIdentityToken,
            NO_AUDIENCE,
        ),
        (
            Response(audiences="<saml:Audience>urn:x</saml:Audience>"),
            InvalidIdentityToken,
            NO_AUDIENCE,
        ),
        (Response(audiences=""), InvalidIdentityToken, NO_AUDIENCE),
        (Response(confirmations=0), ResponseInvalid, INVALID),
        (Response(confirmations=2), ResponseInvalid, INVALID),
        (Response(attributes=NAMED), AccessDenied, DENIED),
        (
            Response(attributes=NAMED + aws("Role", f"{ROLE_ARN}x,{PROVIDER_ARN}")),
            AccessDenied,
            DENIED,
        ),
        (Response(attributes=NAMED + aws("Role", ROLE_ARN)), AccessDenied, DENIED),
        (
            Response(attributes=NAMED + attribute("Role", f"{ROLE_ARN},{PROVIDER_ARN}")),
            AccessDenied,
            DENIED,
        ),
        (Response(name_id=""), AccessDenied, DENIED),
        (Response(name_id="<saml:NameID> </saml:NameID>"), AccessDenied, DENIED),
        (
            Response(attributes=GRANT),
            InvalidIdentityToken,
            "RoleSessionName is required in AuthnResponse",
        ),
        (Response(attributes=GRANT + aws("RoleSessionName", "j")), InvalidIdentityToken, BAD_NAME),
        (
            Response(attributes=GRANT + aws("RoleSessionName", "a b")),
            InvalidIdentityToken,
            BAD_NAME,
        ),
        (
            Response(attributes=GRANT + aws("RoleSessionName", "j" * 65)),
            InvalidIdentityToken,
            BAD_NAME,
        ),
        (
            Response(attributes=GRANT + NAMED + aws("SourceIdentity", "aws:joe")),
            InvalidIdentityToken,
            BAD_SOURCE,
        ),
        (
            Response(attributes=GRANT + NAMED + aws("SessionDuration", "899")),
            ResponseInvalid,
            INVALID,
        ),
        (
            Response(attributes=GRANT + NAMED + aws("SessionDuration", "1h")),
            ResponseInvalid,
            INVALID,
        ),
        (
            Response(attributes=GRANT + NAMED + aws("PrincipalTag:a", "1", "2")),
            ResponseInvalid,
            INVALID,
        ),
        (
            Response(attributes=GRANT + NAMED + aws("PrincipalTag:", "1")),
            ResponseInvalid,
            INVALID,
        ),
        (
            Response(attributes=GRANT + NAMED + aws("TransitiveTagKeys", "a")),
            InvalidParameterValue,
            "The specified transitive tag key must be included in the requested tags.",
        ),
        (
            Response(
                attributes=GRANT + NAMED + aws("PrincipalTag:a", "1") + aws("PrincipalTag:A", "1")
            ),
            InvalidParameterValue,
            "Duplicate tag keys found.",
        ),
    ],
)
def test_what_an_assertion_lacks_is_told(
    sts: Sts, response: Response, error: type[ApiError], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        assume(sts, response)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!!!!", "Invalid base64 SAMLResponse"),
        ("PGE+é===", "Invalid base64 SAMLResponse"),
        ("PGE", "Value at 'sAMLAssertion' failed"),
        (encoded("no XML"), INVALID),
        (encoded("<a/>"), INVALID),
        (encoded("<!DOCTYPE a><a/>"), INVALID),
        (
            encoded(
                Response()
                .document()
                .replace(b"<saml:Assertion ", b"<saml:EncryptedAssertion ")
                .replace(b"</saml:Assertion>", b"</saml:EncryptedAssertion>")
            ),
            INVALID,
        ),
    ],
)
def test_what_is_no_response_is_told(sts: Sts, text: str, message: str) -> None:
    with pytest.raises(ApiError, match=re.escape(message)):
        assume(sts, text)


def test_the_issuer_is_told_before_a_signature_that_cannot_be_its_provider_s(sts: Sts) -> None:
    foreign = Response(issuer="https://other.example.com").encoded(by=key("evil"))
    with pytest.raises(InvalidIdentityToken, match="Issuer not present in specified provider"):
        assume(sts, foreign)


def test_base64_may_be_wrapped(sts: Sts) -> None:
    assume(sts, re.sub("(.{76})", r"\1\r\n", Response().encoded()))


@pytest.mark.parametrize(
    ("length", "accepted"), [(3, False), (4, True), (100_000, True), (100_001, False)]
)
def test_an_assertion_has_a_length(sts: Sts, length: int, accepted: bool) -> None:
    with pytest.raises(
        (InvalidIdentityToken, ResponseInvalid) if accepted else ValidationError
    ) as refused:
        assume(sts, "A" * length)
    assert "AAA" not in str(refused.value)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("principal_arn", PROVIDER_ARN + "x", "Specified provider doesn't exist."),
        ("principal_arn", ROLE_ARN, f"{ROLE_ARN} is invalid"),
        ("role_arn", PROVIDER_ARN, f"{PROVIDER_ARN} is invalid"),
        ("role_arn", "x" * 20, f"{'x' * 20} is invalid"),
        ("duration", 899 * SECOND, "greater than or equal to 900"),
        ("duration", 43201 * SECOND, "less than or equal to 43200"),
        ("policy", "{}", None),
    ],
)
def test_parameters_are_judged(sts: Sts, field: str, value: Any, message: str | None) -> None:
    with pytest.raises(ApiError, match=re.escape(message) if message else None):
        assume(sts, **{field: value})


@pytest.mark.parametrize(
    "roles",
    [
        pytest.param((), id="no such role"),
        pytest.param((federated(Principal={"Federated": PROVIDER_ARN + "x"}),), id="another one"),
        pytest.param((federated(Action="sts:AssumeRole"),), id="another action"),
        pytest.param(
            (federated(Condition={"StringEquals": {"SAML:sub": "mary"}}),), id="another subject"
        ),
    ],
)
def test_a_role_that_does_not_trust_is_as_if_it_were_not_there(
    sts: Sts, roles: tuple[Role, ...]
) -> None:
    sts.roles = roles
    with pytest.raises(AccessDenied) as refused:
        assume(sts)
    assert refused.value.message == DENIED


def test_roles_of_identity_center_are_not_assumed_so(sts: Sts) -> None:
    role = replace(federated(), name="AWSReservedSSO_Admin_0123456789abcdef")
    sts.roles = (role,)
    with pytest.raises(AccessDenied, match=DENIED):
        assume(
            sts,
            Response(attributes=NAMED + aws("Role", f"{role.arn},{PROVIDER_ARN}")),
            role_arn=role.arn,
        )


@pytest.mark.parametrize("missing", ACTIONS)
def test_each_action_that_is_taken_must_be_trusted(sts: Sts, missing: str) -> None:
    given = aws("PrincipalTag:team", "red") + aws("SourceIdentity", "joe")
    response = Response(attributes=GRANT + NAMED + given)
    assume(sts, response)
    sts.changed(federated(), trust=federated(Action=[a for a in ACTIONS if a != missing]).trust)
    with pytest.raises(AccessDenied) as refused:
        assume(sts, response)
    assert refused.value.message == DENIED


@pytest.mark.parametrize(
    ("operator", "name", "value"),
    [
        ("StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml"),
        ("StringEquals", "SAML:iss", "https://idp.example.com/metadata"),
        ("StringEquals", "SAML:sub", "joe@example.com"),
        ("StringEquals", "SAML:sub_type", "persistent"),
        ("StringEquals", "SAML:doc", "111122223333/corp"),
        ("StringEquals", "SAML:namequalifier", name_qualifier(ENTITY, provider())),
        ("ForAnyValue:StringEquals", "SAML:edupersonaffiliation", "staff"),
        ("StringEquals", "SAML:edupersonprincipalname", "joe@corp"),
        ("StringEquals", "SAML:mail", "joe@example.com"),
        ("ForAnyValue:StringEquals", "SAML:uid", "joe2"),
        ("StringEquals", "sts:RoleSessionName", "joe"),
        ("StringEquals", "sts:SourceIdentity", "joseph"),
        ("StringEquals", "aws:RequestTag/team", "red"),
        ("ForAllValues:StringEquals", "aws:TagKeys", "team"),
        ("ForAnyValue:StringEquals", "sts:TransitiveTagKeys", "team"),
        ("StringEquals", "aws:FederatedProvider", PROVIDER_ARN),
    ],
)
def test_trust_may_ask_for_what_the_assertion_says(
    sts: Sts, operator: str, name: str, value: str
) -> None:
    response = Response(
        attributes=GRANT
        + NAMED
        + aws("PrincipalTag:team", "red")
        + aws("TransitiveTagKeys", "team")
        + aws("SourceIdentity", "joseph")
        + attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "member", "staff")
        + attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "joe@corp")
        + attribute("urn:oid:0.9.2342.19200300.100.1.3", "joe@example.com")
        + attribute("urn:oid:0.9.2342.19200300.100.1.1", "joe", "joe2")
    )
    for asked, is_trusted in ((value, True), (value + "x", False)):
        trust = federated(Condition={operator: {name: asked}}).trust
        sts.changed(federated(), trust=trust)
        if is_trusted:
            assume(sts, response)
        else:
            with pytest.raises(AccessDenied):
                assume(sts, response)


def test_the_session_keeps_subject_tags_and_source_identity(sts: Sts) -> None:
    given = (
        aws("PrincipalTag:Team", "red")
        + aws("PrincipalTag:x", "")
        + aws("TransitiveTagKeys", "team")
    )
    attributes = GRANT + NAMED + given + aws("SourceIdentity", "joseph")
    assumed = assume(sts, Response(attributes=attributes))
    session = sts.signer(assumed.credentials).session
    assert session is not None
    assert session.source_identity == assumed.source_identity == "joseph"
    assert session.contents.tags == {"Team": "red", "x": ""}
    assert session.contents.transitive_tag_keys == ("Team",)
    assert session.context == {
        "aws:FederatedProvider": PROVIDER_ARN,
        "saml:namequalifier": assumed.name_qualifier,
        "saml:sub": "joe@example.com",
        "saml:sub_type": "persistent",
    }
    assert assumed.packed_size == assumed.credentials.packed_size > 0


def test_a_chained_role_may_ask_for_the_subject(sts: Sts) -> None:
    chained = Role(
        "aws",
        ACCOUNT,
        "chained",
        "AROACHAINED2345672345",
        trusting(ROLE_ARN, Condition={"StringEquals": {"saml:sub": "joe@example.com"}}),
    )
    sts.roles = (*sts.roles, chained)
    caller = sts.signer(assume(sts).credentials)
    sts.service.assume_role(caller, AssumeRoleRequest(chained.arn, "further"))
    other = Response(name_id="<saml:NameID>mary</saml:NameID>")
    caller = sts.signer(assume(sts, other).credentials)
    with pytest.raises(AccessDenied):
        sts.service.assume_role(caller, AssumeRoleRequest(chained.arn, "further"))


@pytest.mark.parametrize(
    ("name_format", "subject_type"),
    [
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "transient"),
        (
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        ),
        (None, "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
    ],
)
def test_the_type_of_a_subject(sts: Sts, name_format: str | None, subject_type: str) -> None:
    form_of = f' Format="{name_format}"' if name_format else ""
    response = Response(name_id=f"<saml:NameID{form_of}>joe</saml:NameID>")
    assert assume(sts, response).subject_type == subject_type


def test_the_answer_on_the_wire(sts: Sts) -> None:
    from urllib.parse import quote

    body = form(
        "AssumeRoleWithSAML",
        RoleArn=ROLE_ARN,
        PrincipalArn=PROVIDER_ARN,
        SAMLAssertion=quote(Response().encoded(), safe=""),
    )
    response = answer(sts, post(body))
    assert response.status == 200
    names = re.findall(r"^    <(\w+)>", response.body.decode(), re.MULTILINE)
    assert names == [
        *("Issuer", "AssumedRoleUser", "Credentials", "Audience", "SubjectType"),
        *("NameQualifier", "Subject", "RequestId"),
    ]
    assert f"<AccessKeyId>{response.notes.access_key_id}<" in response.body.decode()
    assert "joe@example.com of" in (response.notes.detail or "")
    signed_by_another = body.replace(
        quote(Response().encoded(), safe="").encode(),
        quote(Response().encoded(key("evil")), safe="").encode(),
    )
    refused = answer(sts, post(signed_by_another))
    assert (refused.status, code_of(refused)) == (400, "InvalidIdentityToken")
