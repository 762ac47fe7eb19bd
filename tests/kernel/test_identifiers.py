import re

import pytest

from imds_sim.kernel.identifiers import Identifiers, access_key_id, account_of

# Key ids of real accounts with the account that they carry (awsteele.com, 2020-09-26).
RECORDED = [("ASIAQNZGKIQY56JQ7WML", "029608264753"), ("ASIAY34FZKBOKMUTVV7A", "609629065308")]


@pytest.mark.parametrize(("key_id", "account"), RECORDED)
def test_the_account_is_read_out_of_a_recorded_key_id(key_id: str, account: str) -> None:
    assert account_of(key_id) == account


@pytest.mark.parametrize("account", ["000000000000", "111122223333", "999999999999"])
@pytest.mark.parametrize("chance", [b"\x00" * 5, b"\xff" * 5])
def test_a_key_id_carries_its_account_whatever_chance_gives(account: str, chance: bytes) -> None:
    key_id = access_key_id("ASIA", account, chance)
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", key_id)
    assert account_of(key_id) == account


@pytest.mark.parametrize(
    "key_id",
    [
        pytest.param("AKIAIOSFODNN7EXAMPLE", id="of the old form"),
        pytest.param("ASIA", id="too short"),
        pytest.param("ASIA0000000000000000", id="not base32"),
        pytest.param("ASIAäääääääääääääääää", id="not ASCII"),
    ],
)
def test_a_key_id_of_another_form_carries_no_account(key_id: str) -> None:
    assert account_of(key_id) is None


def test_derived_ids_have_the_forms_of_aws() -> None:
    ids = Identifiers(b"k" * 32)
    assert re.fullmatch(r"i-0[0-9a-f]{16}", ids.resource("i", "web-1"))
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", ids.entity("AROA", "web"))
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ids.uuid("t", "a")
    )
    assert re.fullmatch(r"[0-9a-f]{32}", ids.hex("task", "a"))


def test_ids_are_stable_and_differ_by_name_kind_and_key() -> None:
    ids = Identifiers(b"k" * 32)
    assert ids.hex("task", "a") == Identifiers(b"k" * 32).hex("task", "a")
    others = [ids.hex("task", "b"), ids.hex("pod", "a"), Identifiers(b"l" * 32).hex("task", "a")]
    assert len({ids.hex("task", "a"), *others}) == 4


def test_names_are_kept_apart_from_one_another() -> None:
    ids = Identifiers(b"k" * 32)
    assert ids.digest("kind", "ab", "c") != ids.digest("kind", "a", "bc")
