import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from imds_sim.cli.decide import MAX_LINE
from tests.cli.conftest import Invoke

ALICE = "arn:aws:iam::111122223333:user/alice"
ROLE = "arn:aws:iam::111122223333:role/app"


def document(**statement: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}}


def line(name: str, principal: object = ALICE, **parts: Any) -> dict[str, Any]:
    """An AssumeRole of a role that trusts alice."""
    request = {
        "principal": principal,
        "action": "sts:AssumeRole",
        "resource": {"resource": ROLE, "accountId": "111122223333"},
        "context": parts.pop("context", {}),
    }
    trust = document(Principal={"AWS": ALICE}, Action="sts:AssumeRole")
    return {"id": name, "request": request, "resourcePolicy": trust, **parts}


@pytest.fixture
def decide(tmp_path: Path, invoke: Invoke) -> Any:
    """Run the command over lines; gives exit status and answers."""

    def run(*lines: object, options: tuple[str, ...] = ()) -> tuple[int, list[dict[str, Any]]]:
        file = tmp_path / "lines"
        texts = [each if isinstance(each, str) else json.dumps(each) for each in lines]
        file.write_text("\n".join(texts))
        result = invoke("decide", str(file), *options)
        return result.exit_code, [json.loads(each) for each in result.stdout.splitlines()]

    return run


def test_each_line_gets_its_decision_in_order(decide: Any) -> None:
    allowed, denied = line("a"), line("b", "arn:aws:iam::111122223333:user/bob")
    forbidden = line(
        "c",
        identityPolicies=[
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Deny", "Action": "sts:*", "Resource": "*"},
            }
        ],
    )
    status, answers = decide(allowed, denied, "", forbidden)
    assert status == 0
    assert answers == [
        {"id": "a", "decision": "allow"},
        {"id": "b", "decision": "implicitDeny"},
        {"id": "c", "decision": "explicitDeny"},
    ]


def test_the_answer_has_the_id_first(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(json.dumps(line("a")))
    result = invoke("decide", str(tmp_path / "lines"))
    assert result.stdout == '{"id": "a", "decision": "allow"}\n'


def test_explain_adds_what_decided(decide: Any) -> None:
    _, (answer,) = decide(line("a"), options=("--explain",))
    assert answer["decision"] == answer["reason"]["effect"] == "allow"
    assert answer["reason"]["statement"] == 0
    assert answer["reason"]["policy_kind"] == "trust"


def test_every_kind_of_policy_has_its_say(decide: Any) -> None:
    nothing = document(Action="s3:*", Resource="*")
    everything = document(Action="*", Resource="*")
    # Named by its account, so that everything else is asked.
    trust = document(Principal={"AWS": "111122223333"}, Action="sts:AssumeRole")
    full = {
        "identityPolicies": [everything],
        "permissionBoundaries": [everything],
        "sessionPolicy": everything,
        "serviceControlPolicies": [{"orgIdentifier": "o-1", "policies": [everything]}],
        "resourcePolicy": trust,
    }
    lines = [line("full", **full)]
    for key, without in (
        ("identityPolicies", [nothing]),
        ("permissionBoundaries", [nothing]),
        ("sessionPolicy", nothing),
        ("serviceControlPolicies", [{"orgIdentifier": "o-1", "policies": [nothing]}]),
        (
            "resourceControlPolicies",
            [
                {
                    "orgIdentifier": "o-1",
                    "policies": [
                        {
                            "Version": "2012-10-17",
                            "Statement": {
                                "Effect": "Deny",
                                "Principal": "*",
                                "Action": "*",
                                "Resource": "*",
                            },
                        }
                    ],
                }
            ],
        ),
    ):
        lines.append(line(key, **{**full, key: without}))
    _, answers = decide(*lines)
    assert [answer["decision"] for answer in answers] == [
        "allow",
        *["implicitDeny"] * 4,
        "explicitDeny",
    ]


@pytest.mark.parametrize(
    ("principal", "named"),
    [
        ("ec2.amazonaws.com", {"Service": "ec2.amazonaws.com"}),
        (ALICE, {"AWS": ALICE}),
        (
            "arn:aws:sts::111122223333:assumed-role/web/s-1",
            {"AWS": "arn:aws:sts::111122223333:assumed-role/web/s-1"},
        ),
        (
            "arn:aws:sts::111122223333:assumed-role/web/s-1",
            {"AWS": "arn:aws:iam::111122223333:role/team/web"},
        ),
        (
            "arn:aws:sts::111122223333:federated-user/bob",
            {"AWS": "arn:aws:sts::111122223333:federated-user/bob"},
        ),
        ("arn:aws:iam::111122223333:user/a/b/carol", {"AWS": "AIDAEXAMPLECAROLCAROL"}),
    ],
)
def test_a_principal_goes_by_the_names_that_it_has(
    decide: Any, principal: object, named: object
) -> None:
    context = {
        "aws:PrincipalArn": "arn:aws:iam::111122223333:role/team/web",
        "aws:userid": "AIDAEXAMPLECAROLCAROL",
    }
    trust = document(Principal=named, Action="sts:AssumeRole")
    _, (answer,) = decide(line("a", principal, context=context, resourcePolicy=trust))
    assert answer["decision"] == "allow"


def test_a_list_in_the_context_is_a_multivalued_key(decide: Any) -> None:
    def asked(name: str, values: object) -> dict[str, Any]:
        trust = document(
            Principal={"AWS": ALICE},
            Action="sts:AssumeRole",
            Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}},
        )
        return line(name, context={"aws:TagKeys": values}, resourcePolicy=trust)

    _, answers = decide(asked("a", ["team", "x"]), asked("b", ["x"]), asked("c", []))
    assert [each["decision"] for each in answers] == ["allow", "implicitDeny", "implicitDeny"]


def test_truth_values_and_numbers_are_taken_as_json_writes_them(decide: Any) -> None:
    trust = document(
        Principal={"AWS": ALICE},
        Action="sts:AssumeRole",
        Condition={
            "Bool": {"aws:MultiFactorAuthPresent": True},
            "NumericLessThan": {"aws:MultiFactorAuthAge": 60},
        },
    )
    context = {"aws:MultiFactorAuthPresent": True, "aws:MultiFactorAuthAge": 59}
    _, (answer,) = decide(line("a", context=context, resourcePolicy=trust))
    assert answer["decision"] == "allow"


def test_an_older_identity_policy_is_decided_on(decide: Any) -> None:
    trust = document(Principal={"AWS": "111122223333"}, Action="sts:AssumeRole")
    older = {"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}
    _, (answer,) = decide(line("a", resourcePolicy=trust, identityPolicies=[older]))
    assert answer["decision"] == "allow"


@pytest.mark.parametrize(
    ("broken", "identity", "told"),
    [
        ("{", None, "not JSON: "),
        ('{"id": "x", "id": "y"}', None, "not JSON: the key 'id' is given twice"),
        ("[]", None, "a line is one JSON object"),
        ('{"id": "x", "n": NaN}', None, "not JSON: NaN is no value of JSON"),
        ("[" * 100_000, None, "nested too deep"),
        ('{"id": "x"}', "x", "request: is missing"),
        ('{"id": "x", "request": {}}', "x", "request.action: is missing"),
        (line("x") | {"sessionPolcy": {}}, "x", "sessionPolcy: unknown key; allowed: id, request"),
        (line("x", "nobody"), "x", "request.principal: 'nobody' is neither the ARN"),
        (line("x", {"type": "Root"}), "x", "request.principal: must be an ARN, a service or"),
        (
            line("x", "arn:aws:iam::111122223333:group/g"),
            "x",
            "request.principal: 'arn:aws:iam::111122223333:group/g' is not the ARN of a principal",
        ),
        (line("x", context={"k": {}}), "x", "request.context.k: must be text"),
        (line("x", context={"k": ["a", {}]}), "x", "request.context.k[1]: must be text"),
        (
            line("x", identityPolicies=[document(Action="s3:*")]),
            "x",
            "identityPolicies[0].Statement: ",
        ),
        (line("x", identityPolicies={}), "x", "identityPolicies: must be a list"),
        (
            line("x", serviceControlPolicies=[{"orgIdentifier": "o-1"}]),
            "x",
            "serviceControlPolicies[0].policies: is missing",
        ),
    ],
)
def test_a_broken_line_is_told_in_its_place_and_the_rest_is_decided(
    decide: Any, broken: object, identity: str | None, told: str
) -> None:
    status, answers = decide(line("first"), broken, line("last"))
    assert status == 1
    assert [answer["id"] for answer in answers] == ["first", identity, "last"]
    assert [answer.get("decision") for answer in answers] == ["allow", None, "allow"]
    assert answers[1]["error"].startswith(told)
    assert set(answers[1]) == {"id", "error"}


@pytest.mark.parametrize(("length", "taken"), [(MAX_LINE, True), (MAX_LINE + 1, False)])
def test_a_line_has_a_length(invoke: Invoke, tmp_path: Path, length: int, taken: bool) -> None:
    text = json.dumps(line("a")) + "\n"
    padded = " " * (length - len(text)) + text
    (tmp_path / "lines").write_text(padded + text)
    result = invoke("decide", str(tmp_path / "lines"))
    first, second = map(json.loads, result.stdout.splitlines())
    assert ("decision" in first) is taken
    assert second["decision"] == "allow"


def test_a_file_that_is_not_there_ends_with_66(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("decide", str(tmp_path / "none")).exit_code == 66


def test_a_decision_does_not_wait_for_the_next_line() -> None:
    command = [sys.executable, "-m", "imds_sim", "decide"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asked, told = process.stdin, process.stdout
        assert isinstance(asked, io.TextIOBase)
        assert isinstance(told, io.TextIOBase)
        for name in ("a", "b"):
            asked.write(json.dumps(line(name)) + "\n")
            asked.flush()
            assert json.loads(told.readline()) == {"id": name, "decision": "allow"}
        asked.close()
        assert process.wait() == 0


def test_deciding_loads_nothing_heavy() -> None:
    code = "import sys, imds_sim.cli.deciding.answers; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"pydantic", "aiohttp", "cryptography", "uvloop", "yaml", "asyncio"}
