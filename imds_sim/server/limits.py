"""How much each surface takes from a client before it says no."""

from dataclasses import dataclass

from imds_sim.kernel.exchange import Surface


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest head (with its empty line) and body, in bytes.

    With `continues` an `Expect: 100-continue` is obeyed. Without it the surface gets such a request
    at once, without its body, and the connection ends after the reply.
    """

    head: int = 16 * 1024
    body: int = 64 * 1024
    continues: bool = True


LIMITS: dict[Surface, Limits] = {
    # EC2 answers an expectation with 417 (captured with curl).
    Surface.IMDS: Limits(continues=False),
    # Go's net/http, which the agents and the Lambda emulator are built on, obeys it.
    Surface.ECS: Limits(),
    Surface.EKS: Limits(),
    Surface.EKS_PROBES: Limits(),
    Surface.LAMBDA: Limits(),
    Surface.GENERIC: Limits(),
    # 10,000,000 bytes of body are taken by the real service; signatures make heads long.
    Surface.STS: Limits(head=32 * 1024, body=10_000_000),
}
