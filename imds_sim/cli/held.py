"""The credentials of a workload, in lines for a person."""

from datetime import datetime, timedelta

from imds_sim.cli.listing import mapping
from imds_sim.kernel.timestamps import format_duration

_WAYS = {
    "imds_v1": "IMDSv1",
    "imds_v2": "IMDSv2",
    "container": "container",
    "instance_identity": "identity role",
}


def told_credentials(workload: dict[str, object]) -> list[str]:
    """A line for each delivery of a workload of `/v1/workloads`."""
    ways = mapping(workload.get("credentials"))
    if not ways:
        return ["no role"]
    return [f"{_WAYS.get(way, way)} {_told(mapping(held))}" for way, held in ways.items()]


def left(seconds: float) -> str:
    """What is left of a life, to the second: `6h34m59s left`, or `expired 3s ago`."""
    span = format_duration(timedelta(seconds=abs(int(seconds))))
    return f"{span} left" if seconds > 0 else f"expired {span} ago"


def _told(held: dict[str, object]) -> str:
    match held.get("state"):
        case "held":
            remaining = held.get("remaining_seconds")
            life = left(remaining) if isinstance(remaining, int) else "no known end"
            return f"{held.get('access_key_id')}, {life}, next at {_clock(held)}"
        case "refused":
            return f"refused: {held.get('code')}: {held.get('message')}"
        case _:
            return "not minted yet"


def _clock(held: dict[str, object]) -> str:
    due = str(held.get("refresh_due_at"))
    try:
        return datetime.fromisoformat(due).strftime("%H:%M:%SZ")
    except ValueError:
        return due
