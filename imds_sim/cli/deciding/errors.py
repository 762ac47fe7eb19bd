"""What is wrong with a line that asks for a decision."""

from imds_sim.kernel.errors import SimError

LinePath = tuple[str | int, ...]  # keys and indexes from the top of the line


class LineInvalid(SimError):
    """A line that asks for nothing that could be decided; the message tells where and why."""

    @classmethod
    def at(cls, path: LinePath, message: str) -> "LineInvalid":
        """`identityPolicies[0].Statement.Effect: message`."""
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        return cls(f"{where.removeprefix('.')}: {message}" if where else message)
