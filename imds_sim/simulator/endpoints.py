"""Where the surfaces can be reached: the addresses as bound, in URLs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from imds_sim.kernel.exchange import Surface


@dataclass(frozen=True, slots=True)
class Endpoints:
    """URLs without final slash, in the order of the configuration.

    `surfaces` holds the shared listeners, `instances` the own listeners of instances by name;
    `admin` has `unix:PATH` entries, `probes` where probes and metrics are answered; `pods` is the
    folder with what is projected into pods.
    """

    surfaces: Mapping[Surface, tuple[str, ...]] = field(default_factory=dict)
    instances: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    admin: tuple[str, ...] = ()
    pods: str | None = None
    probes: tuple[str, ...] = ()

    def first(self, surface: Surface) -> str | None:
        """The first shared URL of a surface, or None if it is off."""
        return next(iter(self.surfaces.get(surface, ())), None)


def usable(urls: Iterable[str]) -> list[str]:
    """The URLs that a client here can be told: no unix sockets; "every address" is loopback."""
    return [
        url.replace("//0.0.0.0", "//127.0.0.1", 1).replace("//[::]", "//[::1]", 1)
        for url in urls
        if url.startswith("http://")
    ]
