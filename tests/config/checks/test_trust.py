from imds_sim.config.load import parse_config

HERE = "arn:aws:iam::111122223333"


def warnings(principals: str) -> list[str]:
    text = (
        "users: {alice: {path: /a/}}\n"
        "roles:\n"
        "  web: {}\n"
        "  r:\n"
        "    trust:\n"
        "      Version: 2012-10-17\n"
        "      Statement:\n"
        "      - Effect: Allow\n"
        "        Action: sts:AssumeRole\n"
        f"        Principal: {{AWS: {principals}}}\n"
    )
    return [str(warning).removeprefix("f:") for warning in parse_config(text, "f").warnings]


def test_principals_that_are_there_draw_no_warning() -> None:
    there = (
        f"['{HERE}:user/a/alice', '{HERE}:role/web', '{HERE}:root', '444455556666', "
        "'arn:aws:sts::111122223333:assumed-role/web/s-1', "
        "'arn:aws:sts::111122223333:federated-user/anyone', AROAEXAMPLE7WEB0ROLE0]"
    )
    assert warnings(there) == []


def test_principals_that_are_not_there_draw_one_each_where_they_stand() -> None:
    missing = (
        f"['{HERE}:user/alice', '{HERE}:role/Web', 'arn:aws:iam::444455556666:role/web', "
        "'arn:aws:sts::111122223333:assumed-role/app/s-1']"
    )
    told = warnings(missing)
    assert [line.partition(": roles")[0] for line in told] == ["10:27", "10:67", "10:105", "10:143"]
    assert told[0].endswith(
        f"nobody here can be {HERE}:user/alice: the file has no such user or role"
    )


def test_a_single_name_is_found_too() -> None:
    (line,) = warnings(f"'{HERE}:user/bob'")
    assert line.startswith("10:21: roles.r.trust.Statement[0].Principal.AWS: ")
