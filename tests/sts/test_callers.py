"""The table of the User Guide: which credentials may call what."""

import pytest

from imds_sim.iam.principals import (
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    UserPrincipal,
)
from imds_sim.sts.callers import check_caller
from imds_sim.sts.errors import AccessDenied
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.signer import Signer
from tests.sts.scene import ACCOUNT, ALICE, BY_BOB, WEB, Sts

EVERYTHING = {
    "AssumeRole",
    "AssumeRoot",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "GetDelegatedAccessToken",
    "GetFederationToken",
    "GetSessionToken",
}


@pytest.fixture
def signers(sts: Sts) -> dict[str, Signer]:
    held = sts.service.get_session_token(BY_BOB, GetSessionTokenRequest())
    root = Signer(RootPrincipal(ACCOUNT, "aws"))
    of_root = sts.service.get_session_token(root, GetSessionTokenRequest())
    return {
        "user": Signer(UserPrincipal(ALICE)),
        "root": root,
        "role session": Signer(RoleSessionPrincipal(WEB, "s1")),
        "session of a user": sts.signer(held),
        "session of root": sts.signer(of_root),
        "federated user": Signer(FederatedUserPrincipal(ALICE, ACCOUNT, "aws", "fred")),
    }


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("user", set()),
        ("root", {"AssumeRole", "AssumeRoot"}),
        ("role session", {"GetSessionToken", "GetFederationToken"}),
        ("session of a user", EVERYTHING - {"AssumeRole", "GetCallerIdentity"}),
        ("session of root", EVERYTHING - {"GetCallerIdentity"}),
        ("federated user", EVERYTHING - {"GetCallerIdentity"}),
    ],
)
def test_which_credentials_may_call_what(
    signers: dict[str, Signer], who: str, refused: set[str]
) -> None:
    found = set()
    for operation in sorted(EVERYTHING):
        try:
            check_caller(signers[who], operation)
        except AccessDenied:
            found.add(operation)
    assert found == refused
