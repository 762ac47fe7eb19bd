"""Rules that span several keys: what is refused, what only warns, and what is right."""

from collections.abc import Callable
from pathlib import Path

import pytest

from imds_sim.config.load import parse_config

ROLE = "roles: {r: {}}\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("instances: {a: {role: r}}", ["1:17: instances.a.role: no role 'r'; roles are "
                     "declared under roles:"], id="no role"),
        pytest.param("tasks: {a: {role: r}}", ["1:13: tasks.a.role: no role 'r'; roles are "
                     "declared under roles:"], id="no role of a task"),
        pytest.param("functions: {fn: {role: wbe}}\nroles: {web: {}}",
                     ["1:18: functions.fn.role: no role 'wbe'; did you mean web?"], id="a typo"),
        pytest.param(
            "roles: {r: {account: '444455556666'}}\ninstances: {a: {role: r}}",
            ["2:17: instances.a.role: role r is of account 444455556666; a workload takes roles of "
             "its own account, 111122223333, only"],
            id="a role of another account",
        ),
        pytest.param("roles: {r: {account: '444455556666'}}", [], id="not used by a workload"),
        pytest.param("account: '444455556666'\nroles: {r: {account: '444455556666'}}\n"
                     "instances: {a: {role: r}}", [], id="the same account said twice"),
        pytest.param("instances: {a: {profile: p}}",
                     ["1:17: instances.a.profile: an instance profile needs a role; add role:"],
                     id="a profile without role"),
        pytest.param("instances: {a: {profile_id: AIPAEXAMPLE7WEB0PROFI}}",
                     ["1:17: instances.a.profile_id: an instance profile needs a role; add role:"],
                     id="the id of a profile without role"),
        pytest.param(
            "roles: {r: {}, s: {}}\ninstances: {a: {role: r}, b: {role: s, profile: r}}",
            ["2:40: instances.b.profile: instance profile r holds role r at instances.a; a profile "
             "holds one role"],
            id="a profile with two roles",
        ),
        pytest.param(
            "roles: {r: {}}\ninstances: {a: {role: r, profile: p}, b: {role: r, profile: p}}", [],
            id="a profile shared",
        ),
        pytest.param(
            "region: eu-west-1\ninstances: {a: {availability_zone: us-east-1a}}",
            ["2:17: instances.a.availability_zone: us-east-1a is not in region eu-west-1; write it "
             "like eu-west-1a"],
            id="a zone elsewhere",
        ),
        pytest.param(
            ROLE + "instances: {a: {}}\ntasks: {a: {role: r}}",
            ["3:9: tasks.a: this name is given at instances.a already; names are unique across "
             "instances, tasks, pods, functions, endpoints"],
            id="a name of two kinds",
        ),
        pytest.param(
            "roles: {web: {}, WEB: {}}\nusers: {web: {}, Web: {}}",
            ["1:18: roles.WEB: this name is given at roles.web already; IAM names are unique "
             "without regard to case",
             "2:18: users.Web: this name is given at users.web already; IAM names are unique "
             "without regard to case"],
            id="names that differ in case",
        ),
        pytest.param("roles: {web: {account: '444455556666'}, WEB: {}}", [],
                     id="names that differ in case, of two accounts"),
        pytest.param(
            "roles: {a: {unique_id: AROAAAAAAAAAAAAAAAAAA}, b: {unique_id: AROAAAAAAAAAAAAAAAAAA}}",
            ["1:52: roles.b.unique_id: this id is given at roles.a.unique_id already"],
            id="role ids",
        ),
        pytest.param(
            "users: {a: {access_keys: [{id: AKIAIOSFODNN7EXAMPLE}, {id: AKIAIOSFODNN7EXAMPLE}]}}",
            ["1:56: users.a.access_keys[1].id: this id is given at users.a.access_keys[0].id "
             "already"],
            id="access key ids",
        ),
        pytest.param(
            "instances: {a: {id: i-01234567, clients: [10.0.0.1]}, b: {id: i-01234567, "
            "clients: [10.0.0.0/24, 10.0.0.1/32]}}",
            ["1:59: instances.b.id: this id is given at instances.a.id already",
             "1:98: instances.b.clients[1]: this prefix is given at instances.a.clients[0] "
             "already"],
            id="instance ids and equal prefixes",
        ),
        pytest.param(
            ROLE + "tasks: {a: {role: r, credentials_id: x}, b: {role: r, credentials_id: x}}",
            ["2:55: tasks.b.credentials_id: this id is given at tasks.a.credentials_id already"],
            id="credentials ids",
        ),
        pytest.param(
            ROLE + "functions: {fa: {role: r, snap_start: true, authorization_token: t},"
            " fb: {role: r, snap_start: true, authorization_token: t}}",
            ["2:102: functions.fb.authorization_token: this token is given at "
             "functions.fa.authorization_token already"],
            id="authorization tokens",
        ),
        pytest.param(
            "listen: {imds: ['127.0.0.1:80'], sts: ['127.0.0.1:80']}\n"
            "instances: {a: {listen: ['127.0.0.1:80']}}",
            ["1:40: listen.sts[0]: 127.0.0.1:80 is given at listen.imds[0] already",
             "2:26: instances.a.listen[0]: 127.0.0.1:80 is given at listen.imds[0] already"],
            id="addresses",
        ),
        pytest.param(
            "listen: {imds: ['[::1]:80'], sts: ['[0:0::1]:80']}",
            ["1:36: listen.sts[0]: [::1]:80 is given at listen.imds[0] already"],
            id="one address in two spellings",
        ),
        pytest.param("listen: {imds: ['127.0.0.1:0'], sts: ['127.0.0.1:0']}", [], id="free ports"),
        pytest.param("instances: {a: {listen: ['127.0.0.1:1338']}}",
                     ["1:26: instances.a.listen[0]: 127.0.0.1:1338 is given at listen.imds[0] "
                      "already"], id="the default address"),
        pytest.param(
            "allow_public_bind: true\nlisten: {imds: ['0.0.0.0:1339']}",
            ["2:1: listen.sts[0]: 127.0.0.1:1339 is part of 0.0.0.0:1339, given at listen.imds[0]"],
            id="an address inside another",
        ),
        pytest.param(
            "allow_public_bind: true\nlisten: {imds: ['[::]:1339']}", [], id="of another family"
        ),
        pytest.param(
            "listen: {imds: ['192.0.2.1:80']}",
            ["1:17: listen.imds[0]: 192.0.2.1:80 could be reached from other machines; bind "
             "loopback or link-local, or set allow_public_bind: true"],
            id="a public address",
        ),
        pytest.param(
            "instances: {a: {user_data: x, user_data_base64: QUJD}}",
            ["1:31: instances.a.user_data_base64: not together with user_data; give one of "
             "user_data, user_data_file, user_data_base64"],
            id="two sources of user data",
        ),
        pytest.param(
            ROLE + "instances: {a: {role: r, lifetime: 1h20m}}",
            ["2:26: instances.a.lifetime: credentials of instances.a live 1h20m; "
             "credentials.refresh_every, 1h, must be below that less credentials.min_remaining, "
             "20m"],
            id="not above the refresh",
        ),
        pytest.param(ROLE + "instances: {a: {role: r, lifetime: 1h20m1s}}", [], id="just above"),
        pytest.param("instances: {a: {lifetime: 15m}}", [], id="without role nothing is refreshed"),
        pytest.param(
            ROLE + "credentials: {refresh_every: 5h40m}\n"
            "instances: {i: {role: r}}\ntasks: {t: {role: r}, u: {role: r}}",
            ["2:15: credentials.refresh_every: credentials of tasks.t live 6h; "
             "credentials.refresh_every, 5h40m, must be below that less credentials.min_remaining, "
             "20m"],
            id="told once for the lifetimes nobody set",
        ),
        pytest.param(
            ROLE + "credentials: {lifetime: 1h}\ninstances: {i: {role: r}}",
            ["2:1: credentials.refresh_every: credentials of instances.i live 1h; "
             "credentials.refresh_every, 1h, must be below that less credentials.min_remaining, "
             "20m"],
            id="against a refresh nobody set",
        ),
    ],
)  # fmt: skip
def test_keys_must_agree_with_one_another(
    refusal: Callable[[str], list[str]], text: str, lines: list[str]
) -> None:
    assert refusal(text) == lines


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        pytest.param("instances: {a: {}}", [], id="one for everyone"),
        pytest.param("allow_clients: [127.0.0.0/8]", [], id="this machine is allowed"),
        pytest.param(
            "allow_clients: [127.0.0.0/8, 10.0.0.0/8]\nlisten: {imds: ['169.254.169.254:80']}",
            ["f:1:1: allow_clients: clients of this machine come from 169.254.169.254 and are "
             "refused; list that too if they are to connect"],
            id="the listener's own address is forgotten",
        ),
        pytest.param(
            "allow_clients: [127.0.0.0/8]\nprobes: ['[::1]:9102']",
            [],
            id="probes are open to everybody",
        ),
        pytest.param(
            "instances: {a: {}, b: {}, c: {clients: [10.0.0.1]}, d: {listen: ['127.0.0.2:80']}}",
            ["f:1:20: instances.b: cannot be reached: a is the first instance with neither listen "
             "nor clients and answers everyone else; give this one listen or clients"],
            id="a second one for everyone",
        ),
        pytest.param(
            "listen: {imds: []}\ninstances: {a: {}, b: {listen: ['127.0.0.2:80']}}",
            ["f:2:13: instances.a: cannot be reached: listen.imds is off; give it a listen of its "
             "own"],
            id="no shared listener",
        ),
        pytest.param(
            "allow_public_bind: true\nlisten: {imds: ['0.0.0.0:80']}",
            ["f:2:17: listen.imds[0]: 0.0.0.0:80 can be reached from other machines"],
            id="public by permission",
        ),
        pytest.param(
            ROLE + "functions: {fn: {role: r, authorization_token: t}}",
            ["f:2:27: functions.fn.authorization_token: has no effect without snap_start: true"],
            id="a token without use",
        ),
    ],
)  # fmt: skip
def test_what_is_probably_not_meant_draws_a_warning(text: str, warnings: list[str]) -> None:
    assert [str(warning) for warning in parse_config(text, "f").warnings] == warnings


def test_two_sources_of_a_secret_are_refused(
    refusal: Callable[[str], list[str]], tmp_path: Path
) -> None:
    (tmp_path / "y").write_text("z")
    text = "users: {a: {access_keys: [{secret: x, secret_file: y}]}}"
    assert refusal(text) == [
        "1:39: users.a.access_keys[0].secret_file: not together with secret; give one of secret, "
        "secret_file"
    ]


def test_thousands_of_wrong_names_are_refused_at_once(refusal: Callable[[str], list[str]]) -> None:
    roles = "".join(f"  role-{n}:\n" for n in range(3000))
    instances = "".join(f"  i-{n}: {{role: rule-{n}}}\n" for n in range(3000))
    lines = refusal(f"roles:\n{roles}instances:\n{instances}")
    assert len(lines) == 3000
    assert lines[0].endswith("no role 'rule-0'; did you mean role-0?")
    assert lines[-1].endswith("no role 'rule-2999'; roles are declared under roles:")
