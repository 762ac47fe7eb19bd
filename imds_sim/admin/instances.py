"""What can be seen and changed of one instance while the daemon runs, under /v1/instances/NAME/.

Every change is laid over the world of the file and counts from the next request on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from imds_sim.admin.backend import ServedCore
from imds_sim.admin.events import events_document, read_clear, read_event
from imds_sim.admin.options import options_document, read_options, read_tags
from imds_sim.simulator.overlay import Setting, named_instance
from imds_sim.workloads.instance import Instance

MAX_BODY = 64 * 1024  # bytes
Document = dict[str, object]
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an instance: how it is shown, and what each method would change."""

    show: Callable[[ServedCore, Instance], Document]
    changes: Mapping[str, Callable[[ServedCore, Instance, bytes, Query], tuple[Setting, ...]]]
    parameters: frozenset[str] = frozenset()

    def answer(
        self, core: ServedCore, method: str, name: str, body: bytes, query: Query
    ) -> Document:
        """Change it, then show it. Raises WorkloadUnknown, BodyInvalid, QueryInvalid."""
        instance = named_instance(core.world, name)
        if method in self.changes:
            settings = self.changes[method](core, instance, body, query)
            core.lay_over(core.overlay.with_settings(name, *settings))
            instance = named_instance(core.world, name)
        return self.show(core, instance)


PARTS: Mapping[str, Part] = {
    "metadata-options": Part(
        lambda core, instance: options_document(instance),
        {"PATCH": lambda core, instance, body, query: read_options(body, instance)},
    ),
    "tags": Part(
        lambda core, instance: {"tags": dict(instance.tags)},
        {"PATCH": lambda core, instance, body, query: read_tags(body, instance)},
    ),
    "events": Part(
        lambda core, instance: {"events": events_document(instance.events, core.clock.now())},
        {
            "POST": lambda core, instance, body, query: (
                read_event(body, instance, core.clock.now()),
            ),
            "DELETE": lambda core, instance, body, query: read_clear(
                query.get("type"), core.clock.now()
            ),
        },
        frozenset({"type"}),
    ),
}
