from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.load import parse_config
from imds_sim.config.python_document import MAX_DEPTH, read_mapping
from imds_sim.kernel.secret import Secret


def test_a_mapping_may_hold_what_is_natural_in_python() -> None:
    configuration = parse_config(
        {
            "credentials": {"lifetime": timedelta(hours=2)},
            "state_dir": Path("/var/lib/x"),
            "users": {"alice": {"access_keys": ({"secret": Secret("abc")},)}},
        }
    )
    assert configuration.credentials.lifetime == timedelta(hours=2)
    assert configuration.state_dir == Path("/var/lib/x")
    assert configuration.users["alice"].access_keys[0].secret == Secret("abc")  # type: ignore[index]


def test_errors_in_a_mapping_have_a_key_and_no_line() -> None:
    with pytest.raises(ConfigInvalid) as raised:
        parse_config({"roles": {"web": {"polices": {}, "path": "x"}}})
    assert str(raised.value).splitlines() == [
        "<config>: roles.web.path: 'x' is not an IAM path; write / or /division/, at most 512 "
        "characters without blanks",
        "<config>: roles.web.polices: unknown key; did you mean policies?",
    ]
    assert [(error.line, error.column) for error in raised.value.errors] == [(None, None)] * 2


def test_what_could_not_stand_in_a_file_is_refused() -> None:
    document = read_mapping({"a": object(), "b": {1: 2}, "c": ["\ud800"], "d": {"\ud800": 1}})
    assert [(finding.path, finding.message) for finding in document.findings] == [
        (("a",), "a value of type object cannot stand here"),
        (("b",), "a key must be text, not 1"),
        (("c", 0), "is not text of Unicode: half of a surrogate pair"),
        (("d",), "a key must be text, not '\\ud800'"),
    ]


def test_a_mapping_that_contains_itself_is_refused() -> None:
    endless: dict[str, object] = {}
    endless["roles"] = endless
    (finding,) = read_mapping(endless).findings
    assert finding.message == f"nested more than {MAX_DEPTH} levels deep"


def test_the_mapping_that_was_handed_in_stays_as_it_was() -> None:
    mapping = {"roles": {"we b": {}, "web": {"path": "x"}}}
    with pytest.raises(ConfigInvalid):
        parse_config(mapping)
    assert mapping == {"roles": {"we b": {}, "web": {"path": "x"}}}
