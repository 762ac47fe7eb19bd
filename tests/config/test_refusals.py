"""Broken files and the exact lines with which they are refused."""

from collections.abc import Callable

import pytest

from imds_sim.config.schema.configuration import Configuration


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(
            "- a", ["1:1: must be a mapping; begin with a key such as roles:"], id="a list"
        ),
        pytest.param(
            "web", ["1:1: must be a mapping; begin with a key such as roles:"], id="a word"
        ),
        pytest.param(
            "roles: [web]",
            ["1:1: roles: must be a mapping of names to their sections, not a list"],
            id="a list for a mapping",
        ),
        pytest.param(
            "roles: {web: x}",
            ["1:9: roles.web: must be a mapping of keys to values, not text"],
            id="text for a section",
        ),
        pytest.param(
            "listen: {imds: 127.0.0.1:80}",
            ["1:10: listen.imds: must be a list, not text"],
            id="text for a list",
        ),
        pytest.param(
            "listen: {imds: }",
            ["1:10: listen.imds: must be a list, not nothing"],
            id="nothing for a list",
        ),
        pytest.param(
            "sts: {strict_region: off}",
            ["1:7: sts.strict_region: must be true or false, not text"],
            id="off is not false",
        ),
        pytest.param(
            "region: 5",
            ["1:1: region: must be text, not a number; put it in quotes"],
            id="a number for text",
        ),
        pytest.param(
            "region: true",
            ["1:1: region: must be text, not true; put it in quotes"],
            id="a truth value for text",
        ),
        pytest.param(
            "journal: {capacity: '5'}",
            ["1:11: journal.capacity: must be a whole number, not text"],
            id="text for a number",
        ),
        pytest.param(
            "journal: {capacity: true}",
            ["1:11: journal.capacity: must be a whole number, not true"],
            id="a truth value for a number",
        ),
        pytest.param(
            "log: {level: warn}",
            ["1:7: log.level: must be debug, info, warning or error, not 'warn'"],
            id="a choice",
        ),
        pytest.param(
            "instances: {a: {metadata_options: {http_tokens: true}}}",
            ["1:36: instances.a.metadata_options.http_tokens: must be required or optional, "
             "not true"],
            id="a truth value for a choice",
        ),
        pytest.param(
            "instances: {a: {kernel_id: aki-5c21674b}}",
            [
                "1:17: instances.a.kernel_id: paravirtual images run on Xen alone; add family: xen"
            ],
            id="a kernel on Nitro",
        ),
        pytest.param(
            "seed: []", ["1:1: seed: must be a whole number or a text, not a list"], id="seed"
        ),
        pytest.param(
            "tasks: {t: {}}",
            ["1:9: tasks.t.role: is missing: Name of the task role under roles, or null "
             "for a task without"],
            id="a required key",
        ),
        pytest.param(
            "instances: {a: {metadata_options: {HttpTokens: required}}}",
            ["1:36: instances.a.metadata_options.HttpTokens: unknown key; did you mean "
             "http_tokens?"],
            id="the API's spelling",
        ),
        pytest.param(
            "listen: {emds: []}",
            ["1:10: listen.emds: unknown key; did you mean imds?"],
            id="a typo",
        ),
        pytest.param(
            "instances: {a: {http_tokens: required}}",
            ["1:17: instances.a.http_tokens: unknown key; it belongs in metadata_options"],
            id="a key of the section below",
        ),
        pytest.param(
            "instances: {a: {htp_tokens: required}}",
            ["1:17: instances.a.htp_tokens: unknown key; did you mean http_tokens, in "
             "metadata_options?"],
            id="a typo of a key below",
        ),
        pytest.param(
            "sts: {x: 1}",
            ["1:7: sts.x: unknown key; allowed here: strict_region"],
            id="no key near",
        ),
        pytest.param(
            "listen: {aws_lambda: []}",
            ["1:10: listen.aws_lambda: unknown key; did you mean lambda?"],
            id="a name of the code is no key",
        ),
        pytest.param(
            "roles: {web: {polices: {}}}",
            ["1:15: roles.web.polices: unknown key; did you mean policies?"],
            id="a typo of a key to come",
        ),
        pytest.param(
            'users: {"a.b c": {}}',
            ["1:9: users.\"a.b c\": 'a.b c' is not a user name: 1 to 64 letters, digits and "
             "characters of +=,.@_-"],
            id="a name with blanks",
        ),
        pytest.param(
            "users: {a.b: {pth: /}}",
            ['1:15: users."a.b".pth: unknown key; did you mean path?'],
            id="a name with a dot",
        ),
        pytest.param(
            "a: 1\na: 2",
            [
                f"1:1: a: unknown key; allowed here: {', '.join(Configuration.model_fields)}",
                "2:1: a: given twice; it stands in line 1 too",
            ],
            id="twice and unknown",
        ),
        pytest.param(
            "roles: {web: {trust: everyone}}",
            ["1:15: roles.web.trust: must be none (nobody) or a policy document, not 'everyone'"],
            id="a word for a policy",
        ),
        pytest.param(
            "credentials: {lifetime: 900}",
            ["1:15: credentials.lifetime: 900 has no unit; write it like 900s; allowed: 15m to "
             "12h"],
            id="a duration without unit",
        ),
        pytest.param(
            "credentials: {lifetime: 1 hour}",
            ["1:15: credentials.lifetime: '1 hour' is not a duration; write it like 90s, 15m or "
             "6h35m; allowed: 15m to 12h"],
            id="no duration",
        ),
        pytest.param(
            "credentials: {lifetime: true}",
            ["1:15: credentials.lifetime: must be a duration, not true; allowed: 15m to 12h"],
            id="a truth value for a duration",
        ),
        pytest.param(
            "credentials: {lifetime: 15m500ms}",
            ["1:15: credentials.lifetime: 15m500ms is not a number of whole seconds"],
            id="part of a second",
        ),
        pytest.param(
            "listen: {imds: ['fd:im ds']}",
            ["1:17: listen.imds[0]: 'fd:im ds': write fd:NAME, with a FileDescriptorName of 1 to "
             "255 characters"],
            id="an inherited socket",
        ),
        pytest.param(
            "listen: {admin: ['127.0.0.1:9']}",
            ["1:18: listen.admin[0]: 127.0.0.1:9: a control surface on TCP needs "
             "admin_token_file"],
            id="admin over TCP",
        ),
        pytest.param(
            "listen: {admin: ['10.0.0.1:9']}",
            ["1:18: listen.admin[0]: 10.0.0.1:9: the control surface listens on loopback alone"],
            id="admin for others",
        ),
        pytest.param(
            "listen: {imds: [auto]}",
            ["1:17: listen.imds[0]: 'auto' is not an address; write host:port, [v6]:port, "
             "unix:PATH or fd:NAME"],
            id="auto is for admin",
        ),
        pytest.param(
            "instances: {a: {clients: [10.0.0.1/8, x, '::ffff:10.0.0.1']}}",
            [
                "1:27: instances.a.clients[0]: '10.0.0.1/8' is an address inside a prefix; write "
                "10.0.0.0/8",
                "1:39: instances.a.clients[1]: 'x' is not a prefix; write an IP address or a "
                "prefix like 172.30.1.0/24",
                "1:42: instances.a.clients[2]: '::ffff:10.0.0.1': clients of IPv4 are known by "
                "their IPv4 addresses",
            ],
            id="prefixes",
        ),
        pytest.param(
            "roles:\n  web:\n    trust:\n      Statement:\n        Effect: Alow\n"
            "        Principal: {Service: ec2.amazonaws.com}\n        Action: sts:AssumeRole\n",
            ["5:9: roles.web.trust.Statement.Effect: Invalid effect: 'Alow': it is Allow or Deny"],
            id="inside a trust policy",
        ),
        pytest.param(
            "roles: {web: {}\n",
            ["2:1: not YAML: did not find expected ',' or '}' (in a flow mapping that began in "
             "line 1)"],
            id="not YAML",
        ),
        pytest.param(
            "instances: {i: {metadata: {a/b: null, a/b/c: x}}}",
            ['1:39: instances.i.metadata."a/b/c": lies below a/b, which is given too'],
            id="metadata below metadata",
        ),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_in_plain_words(
    refusal: Callable[[str], list[str]], text: str, lines: list[str]
) -> None:
    assert refusal(text) == lines


def test_what_rests_on_a_wrong_value_is_not_judged(refusal: Callable[[str], list[str]]) -> None:
    text = (
        "account: 5\n"
        "credentials: {refresh_every: 13h}\n"
        "listen: {imds: [x], sts: ['127.0.0.1:1338']}\n"
        "roles: {web: {account: '222233334444', pth: /}, 'a b': {}}\n"
        "instances: {a: {role: web}, b: {role: web, lifetime: 15m}}\n"
    )
    assert [line.split(": ")[1] for line in refusal(text)] == [
        "account",
        "credentials.refresh_every",
        "listen.imds[0]",
        "roles.web.pth",
        'roles."a b"',
    ]


def test_another_word_is_no_typo(refusal: Callable[[str], list[str]]) -> None:
    [line] = refusal("services: {web: {image: nginx}}")
    assert line.startswith("1:1: services: unknown key; allowed here: account, region, ")
