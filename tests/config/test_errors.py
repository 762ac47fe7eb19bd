from imds_sim.config.errors import ConfigInvalid, Problem
from imds_sim.config.findings import dotted


def test_an_error_reads_as_file_line_column_key_message() -> None:
    assert str(Problem("sim.yaml", 3, 5, "roles.web", "is wrong")) == (
        "sim.yaml:3:5: roles.web: is wrong"
    )
    assert str(Problem("sim.yaml", 3, 5, "", "is wrong")) == "sim.yaml:3:5: is wrong"
    assert str(Problem("<config>", None, None, "roles", "is wrong")) == "<config>: roles: is wrong"


def test_all_errors_are_in_the_message_one_a_line() -> None:
    problems = [Problem("f", 1, 1, "a", "x"), Problem("f", 2, 1, "b", "y")]
    invalid = ConfigInvalid(problems)
    assert str(invalid) == "f:1:1: a: x\nf:2:1: b: y"
    assert invalid.errors == tuple(problems)


def test_a_path_is_written_with_dots_indexes_and_quotes_where_needed() -> None:
    assert dotted(("users", "alice", "access_keys", 0, "id")) == "users.alice.access_keys[0].id"
    assert dotted(("roles", "a.b", "path")) == 'roles."a.b".path'
    assert dotted(()) == ""
