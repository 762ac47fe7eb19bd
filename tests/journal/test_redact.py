import pytest

from imds_sim.journal.redact import redacted_target


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/latest/api/token", "/latest/api/token"),
        ("/", "/"),
        ("/?", "/?"),
        ("/?Action=GetCallerIdentity&Version=1", "/?Action=GetCallerIdentity&Version=1"),
        ("/?X-Amz-Signature=ab&x=%20", "/?X-Amz-Signature=***&x=%20"),
        ("/?x-amz-SECURITY-token=a%2Bb", "/?x-amz-SECURITY-token=***"),
        ("/?X%2DAmz%2DSignature=ab", "/?X%2DAmz%2DSignature=***"),
        ("/?WebIdentityToken=a=b=c&a", "/?WebIdentityToken=***&a"),
        ("/?SAMLAssertion=x&TokenCode=123456", "/?SAMLAssertion=***&TokenCode=***"),
        ("/?ProvidedContexts.member.1.ContextAssertion=x", None),
        ("/?TradeInToken=x", None),
        ("/?TokenCode=1&TokenCode=2", "/?TokenCode=***&TokenCode=***"),
        ("/?TokenCode=&TokenCode", "/?TokenCode=&TokenCode"),
        ("http://h/?X-Amz-Signature=a", "http://h/?X-Amz-Signature=***"),
        ("/?X-Amz-Credential=AKIA%2F20260102", "/?X-Amz-Credential=AKIA%2F20260102"),
    ],
)
def test_values_of_secret_parameters_are_masked_and_the_rest_is_as_sent(
    target: str, kept: str | None
) -> None:
    assert redacted_target(target) == (kept or target.replace("=x", "=***"))
