from datetime import timedelta

import pytest

from imds_sim.iam.principals import RoleSessionPrincipal, ServicePrincipal
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.identifiers import account_of
from imds_sim.sts.authentication import Authenticated
from imds_sim.sts.errors import (
    AccessDenied,
    ExpiredToken,
    InvalidClientTokenId,
    PackedPolicyTooLarge,
    ValidationError,
)
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.operations.get_caller_identity import CallerIdentity
from imds_sim.sts.sessions import SessionSealer
from imds_sim.sts.signer import Signer
from tests.sts.scene import (
    ACCOUNT,
    ALICE,
    BY_ALICE,
    DEPLOY,
    EC2,
    HOUR,
    INSTANCE,
    WEB,
    Sts,
    trusting,
)

SECOND = timedelta(seconds=1)
ON_WEB = RoleSessionPrincipal(WEB, INSTANCE)
BY_WEB = Signer(ON_WEB)


def authenticate(sts: Sts, access_key_id: str, session_token: str | None) -> Authenticated:
    return sts.service.authenticate(access_key_id, session_token)


def test_a_service_gets_credentials_for_the_role_that_trusts_it(sts: Sts) -> None:
    assumed = sts.on_instance(6 * HOUR)
    held = assumed.credentials
    assert assumed.principal == ON_WEB
    assert held.access_key_id.startswith("ASIA")
    assert len(held.access_key_id) == 20
    assert account_of(held.access_key_id) == ACCOUNT
    assert len(held.secret_access_key.reveal()) == 40
    assert held.issued_at == sts.clock.now()
    assert held.expires_at == sts.clock.now() + 6 * HOUR


def test_times_are_whole_seconds(sts: Sts) -> None:
    sts.clock.advance(timedelta(microseconds=999_999))
    held = sts.on_instance(timedelta(seconds=900, microseconds=700_000)).credentials
    assert held.issued_at.microsecond == 0
    assert held.expires_at - held.issued_at == timedelta(seconds=900)


def test_every_set_is_another_one(sts: Sts) -> None:
    one, two = sts.on_instance().credentials, sts.on_instance().credentials
    assert one.access_key_id != two.access_key_id
    assert one.secret_access_key != two.secret_access_key
    assert one.session_token != two.session_token


def test_the_same_seed_gives_the_same_credentials() -> None:
    assert Sts().on_instance() == Sts().on_instance()


def test_the_api_does_not_disturb_what_services_draw(sts: Sts) -> None:
    sts.service.assume_role(BY_ALICE, AssumeRoleRequest(DEPLOY.arn, "s1"))
    assert sts.on_instance() == Sts().on_instance()


@pytest.mark.parametrize(
    ("duration", "good"),
    [
        pytest.param(timedelta(0), False, id="nothing"),
        pytest.param(SECOND, True, id="a second"),
        pytest.param(12 * HOUR, True, id="12 h, though the role's maximum is 1 h"),
        pytest.param(12 * HOUR + SECOND, False, id="more than 12 h"),
    ],
)
def test_a_service_is_bound_by_12_hours_only(sts: Sts, duration: timedelta, good: bool) -> None:
    if good:
        held = sts.on_instance(duration).credentials
        assert held.expires_at - held.issued_at == duration
    else:
        with pytest.raises(ValidationError, match="durationSeconds"):
            sts.on_instance(duration)


def test_a_service_that_is_not_trusted_is_denied(sts: Sts) -> None:
    caller = ServicePrincipal("lambda.amazonaws.com")
    with pytest.raises(AccessDenied) as denied:
        sts.service.assume_role(caller, AssumeRoleRequest(WEB.arn, "fn"))
    assert denied.value.message == (
        "User: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole "
        f"on resource: {WEB.arn}"
    )
    assert "names other principals" in (denied.value.detail or "")


@pytest.mark.parametrize(
    ("role_arn", "reason"),
    [
        (WEB.arn, "names other principals"),
        ("arn:aws:iam::111122223333:role/nobody", "there is no such role"),
        ("arn:aws:s3:::a-bucket-of-mine", "there is no such role"),
    ],
)
def test_a_denial_does_not_tell_whether_the_role_exists(
    sts: Sts, role_arn: str, reason: str
) -> None:
    with pytest.raises(AccessDenied) as denied:
        sts.service.assume_role(BY_ALICE, AssumeRoleRequest(role_arn, "s1"))
    assert denied.value.message == (
        f"User: {ALICE.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
    )
    assert reason in (denied.value.detail or "")


@pytest.mark.parametrize(
    "role_arn", ["a" * 20, "arn:aws:iam::111122223333", "arn::iam::1:role/web"]
)
def test_a_role_arn_that_is_no_arn_is_invalid(sts: Sts, role_arn: str) -> None:
    with pytest.raises(ValidationError) as refused:
        sts.service.assume_role(BY_ALICE, AssumeRoleRequest(role_arn, "s1"))
    assert refused.value.message == f"{role_arn} is invalid" or len(role_arn) < 20


@pytest.mark.parametrize(
    ("duration", "message"),
    [
        pytest.param(2 * HOUR, None, id="the role's maximum"),
        pytest.param(
            2 * HOUR + SECOND,
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            id="beyond it",
        ),
        pytest.param(
            12 * HOUR + SECOND,
            "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy "
            "constraint: Member must have value less than or equal to 43200",
            id="beyond the API's",
        ),
        pytest.param(timedelta(seconds=900), None, id="the minimum"),
        pytest.param(
            timedelta(seconds=899),
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy "
            "constraint: Member must have value greater than or equal to 900",
            id="below it",
        ),
    ],
)
def test_a_caller_is_bound_by_the_range_and_by_the_role(
    sts: Sts, duration: timedelta, message: str | None
) -> None:
    request = AssumeRoleRequest(DEPLOY.arn, "s1", duration)
    if message is None:
        held = sts.service.assume_role(BY_ALICE, request).credentials
        assert held.expires_at - held.issued_at == duration
    else:
        with pytest.raises(ValidationError) as refused:
            sts.service.assume_role(BY_ALICE, request)
        assert refused.value.message == message


def test_a_role_session_is_bound_to_one_hour_after_the_role_s_maximum(sts: Sts) -> None:
    def ask(duration: timedelta) -> None:
        sts.service.assume_role(BY_WEB, AssumeRoleRequest(DEPLOY.arn, "s1", duration))

    ask(HOUR)
    with pytest.raises(ValidationError, match="1 hour session limit for roles assumed by role"):
        ask(HOUR + SECOND)
    with pytest.raises(ValidationError, match="exceeds the MaxSessionDuration"):
        ask(2 * HOUR + SECOND)


def test_whoever_is_not_trusted_does_not_hear_of_the_role_s_limits(sts: Sts) -> None:
    request = AssumeRoleRequest(WEB.arn, "s1", 12 * HOUR)
    with pytest.raises(AccessDenied):
        sts.service.assume_role(BY_ALICE, request)


def test_a_caller_of_another_account_is_denied_for_want_of_an_identity_policy(sts: Sts) -> None:
    foreign = sts.changed(WEB, account="444455556666")
    sts.changed(DEPLOY, trust=trusting(foreign.arn))
    with pytest.raises(AccessDenied) as denied:
        sts.service.assume_role(
            Signer(RoleSessionPrincipal(foreign, "s1")), AssumeRoleRequest(DEPLOY.arn, "s1")
        )
    assert "no identity-based policy allows the sts:AssumeRole action" in (
        denied.value.detail or ""
    )


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringEquals": {"sts:ExternalId": "opensesame"}}, True),
        ({"StringEquals": {"sts:ExternalId": "other"}}, False),
        ({"StringLike": {"sts:RoleSessionName": "s*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": WEB.arn}}, True),
        ({"StringEquals": {"aws:PrincipalArn": ON_WEB.arn}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, True),
        ({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, True),
        ({"StringEquals": {"aws:userid": ON_WEB.user_id}}, True),
        ({"StringLike": {"aws:username": "*"}}, False),
        ({"Bool": {"aws:SecureTransport": True}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": False}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
        ({"StringEquals": {"aws:CurrentTime": "2026-01-02T03:04:05Z"}}, True),
        ({"StringEquals": {"aws:SourceIp": "10.0.0.9"}}, True),
        ({"StringLike": {"sts:SourceIdentity": "*"}}, False),
    ],
)
def test_a_trust_policy_may_ask_about_caller_and_request(
    sts: Sts, condition: dict[str, dict[str, str]], allowed: bool
) -> None:
    sts.changed(DEPLOY, trust=trusting(WEB.arn, Condition=condition))
    request = AssumeRoleRequest(DEPLOY.arn, "s1", external_id="opensesame")
    given = {"aws:SourceIp": "10.0.0.9", "aws:PrincipalAccount": "forged"}
    if allowed:
        sts.service.assume_role(BY_WEB, request, trust_context=given)
    else:
        with pytest.raises(AccessDenied):
            sts.service.assume_role(BY_WEB, request, trust_context=given)


def test_an_external_id_that_was_not_passed_is_not_there(sts: Sts) -> None:
    condition = {"StringLike": {"sts:ExternalId": "*"}}
    sts.changed(DEPLOY, trust=trusting(WEB.arn, Condition=condition))
    with pytest.raises(AccessDenied):
        sts.service.assume_role(BY_WEB, AssumeRoleRequest(DEPLOY.arn, "s1"))


def test_a_user_has_a_name_and_no_mfa_key(sts: Sts) -> None:
    condition = {"StringEquals": {"aws:username": "alice", "aws:PrincipalType": "User"}}
    sts.changed(DEPLOY, trust=trusting(ALICE.arn, Condition=condition))
    sts.service.assume_role(BY_ALICE, AssumeRoleRequest(DEPLOY.arn, "s1"))
    condition = {"Null": {"aws:MultiFactorAuthPresent": "true", "aws:TokenIssueTime": "true"}}
    sts.changed(DEPLOY, trust=trusting(ALICE.arn, Condition=condition))
    sts.service.assume_role(BY_ALICE, AssumeRoleRequest(DEPLOY.arn, "s1"))


def test_what_a_service_says_of_its_workload_reaches_the_trust_policy(sts: Sts) -> None:
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:ec2:*:{ACCOUNT}:instance/*"}}
    policy = trusting(WEB.arn, Principal={"Service": EC2.service}, Condition=condition)
    sts.changed(WEB, trust=policy)
    request = AssumeRoleRequest(WEB.arn, INSTANCE)
    arn = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/{INSTANCE}"
    sts.service.assume_role(EC2, request, trust_context={"aws:SourceArn": arn})
    with pytest.raises(AccessDenied):
        sts.service.assume_role(EC2, request)


def test_issued_credentials_are_recognised(sts: Sts) -> None:
    held = sts.on_instance(ec2__RoleDelivery="2.0", lambda__SourceFunctionArn="x").credentials
    found = authenticate(sts, held.access_key_id, held.session_token.reveal())
    assert found.signer.principal == ON_WEB
    assert found.secret_access_key == held.secret_access_key
    assert found.signer.session is not None
    assert found.signer.session.context == {
        "ec2:RoleDelivery": "2.0",
        "lambda:SourceFunctionArn": "x",
    }
    found.refuse_foreign_session_token()


def test_a_long_term_key_is_recognised_with_or_without_a_foreign_token(sts: Sts) -> None:
    [key] = ALICE.access_keys
    found = authenticate(sts, key.id, None)
    assert (found.signer, found.secret_access_key) == (BY_ALICE, key.secret)
    found.refuse_foreign_session_token()
    authenticate(sts, key.id, "").refuse_foreign_session_token()
    with pytest.raises(InvalidClientTokenId):
        authenticate(sts, key.id, "a token").refuse_foreign_session_token()


def test_credentials_count_until_they_expire(sts: Sts) -> None:
    held = sts.on_instance(HOUR).credentials
    session_token = held.session_token.reveal()
    sts.clock.advance(HOUR - SECOND)
    authenticate(sts, held.access_key_id, session_token)
    sts.clock.advance(SECOND)
    with pytest.raises(ExpiredToken):
        authenticate(sts, held.access_key_id, session_token)


def test_a_session_token_is_bound_to_its_key(sts: Sts) -> None:
    one, two = sts.on_instance().credentials, sts.on_instance().credentials
    for session_token in (two.session_token.reveal(), "", "x", None):
        with pytest.raises(InvalidClientTokenId):
            authenticate(sts, one.access_key_id, session_token)


def test_a_foreign_token_is_unknown_even_if_it_has_expired(sts: Sts) -> None:
    one, two = sts.on_instance(HOUR).credentials, sts.on_instance(HOUR).credentials
    sts.clock.advance(2 * HOUR)
    with pytest.raises(InvalidClientTokenId):
        authenticate(sts, one.access_key_id, two.session_token.reveal())


@pytest.mark.parametrize("key_id", ["AKIAUNKNOWN234567234", "ASIAQNZGKIQY56JQ7WML", ""])
def test_an_unknown_key_is_refused(sts: Sts, key_id: str) -> None:
    with pytest.raises(InvalidClientTokenId):
        authenticate(sts, key_id, None)


def test_sessions_live_as_long_as_their_very_role(sts: Sts) -> None:
    held = sts.on_instance(HOUR).credentials
    sts.changed(WEB, trust=trusting(DEPLOY.arn))  # trust is asked at issue time only
    authenticate(sts, held.access_key_id, held.session_token.reveal())
    sts.changed(WEB, unique_id="AROARECREATED34567234")
    with pytest.raises(InvalidClientTokenId):
        authenticate(sts, held.access_key_id, held.session_token.reveal())


def test_an_expired_session_of_a_deleted_role_is_expired_first(sts: Sts) -> None:
    held = sts.on_instance(HOUR).credentials
    sts.without(WEB)
    sts.clock.advance(HOUR)
    with pytest.raises(ExpiredToken):
        authenticate(sts, held.access_key_id, held.session_token.reveal())


def test_a_restarted_service_and_a_replica_know_the_sessions(sts: Sts) -> None:
    held = sts.on_instance().credentials
    replica = Sts(ManualClock(), SeededEntropy("another"), region="us-east-1")
    found = authenticate(replica, held.access_key_id, held.session_token.reveal())
    assert found.signer.principal == ON_WEB


def test_a_service_with_another_state_key_does_not(sts: Sts) -> None:
    held = sts.on_instance().credentials
    with pytest.raises(InvalidClientTokenId):
        Stranger().service.authenticate(held.access_key_id, held.session_token.reveal())


class Stranger(Sts):
    @property
    def sealer(self) -> SessionSealer:
        return SessionSealer(bytes(32), self.entropy)


def test_keys_bound_to_a_session_have_their_limit(sts: Sts) -> None:
    with pytest.raises(PackedPolicyTooLarge):
        sts.on_instance(x__y="z" * 4096)


def test_anyone_may_ask_who_he_is(sts: Sts) -> None:
    assert sts.service.get_caller_identity(BY_WEB) == CallerIdentity(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/web/{INSTANCE}",
        f"{WEB.unique_id}:{INSTANCE}",
        ACCOUNT,
    )
