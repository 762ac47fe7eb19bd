"""The answer to a line: the decision, or what is wrong with the line."""

from imds_sim.cli.deciding.errors import LineInvalid
from imds_sim.cli.deciding.lines import question, read_line
from imds_sim.iam.evaluate import evaluate

Answer = dict[str, object]


def answer(line: bytes, *, explain: bool) -> Answer:
    """What is told of one line; with an `error` in it where there is no decision."""
    identity: object = None
    try:
        read = read_line(_decoded(line))
        identity = read.get("id")
        decision = evaluate(*question(read))
    except LineInvalid as invalid:
        return {"id": identity, "error": str(invalid)}
    decided: Answer = {"id": identity, "decision": decision.effect.value}
    return decided | {"reason": decision.document()} if explain else decided


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LineInvalid("not UTF-8 text") from None
