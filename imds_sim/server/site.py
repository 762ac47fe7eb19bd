"""What stands behind a listening socket: who answers there, under which label."""

from collections.abc import Callable
from dataclasses import dataclass

from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.message import Request, Response, Unreadable
from imds_sim.server.limits import Limits
from imds_sim.workloads.listener import Listener

Message = Request | Unreadable


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`answer` gives the reply to a message; `failed` the one for when `answer` itself broke."""

    answer: Callable[[Connection, Message], Response]
    failed: Callable[[Connection, Message], Response]
    limits: Limits


@dataclass(slots=True, eq=False)
class Site:
    """Shared by a listener and its connections; a reload may give it another label or endpoint.

    Once `retired` no new connections come, and the open ones end with their next reply.
    """

    listener: Listener
    endpoint: Endpoint
    retired: bool = False
