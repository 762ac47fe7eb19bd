"""How a call reached the STS, as far as its record tells."""

from dataclasses import dataclass
from datetime import datetime

from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.message import Request

NO_ADDRESS = "AWS Internal"  # what records have where no address is known


@dataclass(frozen=True, slots=True)
class Received:
    """`at` is the simulator's time, `request_id` the one that the client is told.

    A service's call has neither `host` nor `extended_request_id`.
    """

    at: datetime
    request_id: str
    source_address: str
    user_agent: str | None = None
    host: str | None = None
    extended_request_id: str | None = None

    @property
    def is_by_service(self) -> bool:
        """Whether a service called, for a workload."""
        return self.extended_request_id is None


def over_http(
    request: Request,
    connection: Connection,
    at: datetime,
    request_id: str,
    extended_request_id: str,
) -> Received:
    """A call over HTTP."""
    return Received(
        at=at,
        request_id=request_id,
        source_address=source_address(connection) or NO_ADDRESS,
        user_agent=request.headers.get("user-agent"),
        host=request.headers.get("host"),
        extended_request_id=extended_request_id,
    )


def source_address(connection: Connection) -> str:
    """The address of the client as AWS writes it; empty on a unix socket."""
    return connection.peer.partition("%")[0].removeprefix("::ffff:")
