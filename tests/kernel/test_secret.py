from imds_sim.kernel.secret import Secret


def test_a_secret_shows_a_fingerprint_and_never_itself() -> None:
    secret = Secret("hunter2")
    shown = f"{secret} {secret!r} {[secret]}"
    assert "hunter2" not in shown
    assert secret.fingerprint in shown


def test_only_reveal_gives_a_secret_away() -> None:
    assert Secret("hunter2").reveal() == "hunter2"


def test_equal_secrets_are_equal_and_hash_alike() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2


def test_what_is_presented_matches_only_if_it_is_the_secret() -> None:
    assert Secret("ä").matches("ä")
    assert not Secret("ä").matches("a")
    assert not Secret("a").matches("\udc80")
