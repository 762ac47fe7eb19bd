"""Why the bytes of a client were not taken as a message."""

from imds_sim.kernel.errors import SimError
from imds_sim.kernel.message import Defect


class MessageRefused(SimError):
    """The head or the body is not acceptable; `defect` is for the surface, the text for people."""

    def __init__(self, defect: Defect, detail: str) -> None:
        super().__init__(detail)
        self.defect = defect
        self.detail = detail
