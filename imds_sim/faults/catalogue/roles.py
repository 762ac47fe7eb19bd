"""The listing of the role of an instance, the extended path and the whole metadata service."""

from imds_sim.faults import edits
from imds_sim.faults.effect import Effect, edited, plain, refused, status_effect
from imds_sim.faults.hands import Carried, Change, Given
from imds_sim.faults.match import Aim
from imds_sim.kernel.plan import End, WirePlan

OTHER_ROLE = b"other-role"

ROLE = (
    Effect("none", "no role: the listing is 404", refused(404)),
    Effect("empty", "the listing is there and empty", edited(edits.body_of(b""))),
    Effect("two", "two roles; several clients break", edited(edits.another_line(OTHER_ROLE))),
    Effect("newline", "the role's name ends with a line feed", edited(edits.line_feed)),
    status_effect(500, "the listing fails"),
    status_effect(503, "the listing fails; *N tells who tries again"),
    Effect(
        "renamed",
        "after the first request the role has another name, the old one is 404",
        plain(Given(Change.ROLE_RENAMED)),
        aim=Aim.ROLE_AND_CREDENTIALS,
        lead=1,
    ),
)
EXTENDED = (
    status_effect(404, "no extended path: clients go over to the other one"),
    Effect("200", "the extended path is there", plain(Given(Change.EXTENDED_ON))),
    status_effect(403, "the extended path is forbidden: no client goes over"),
    status_effect(500, "the extended path fails: no client goes over"),
)
IMDS = (
    Effect("disabled", "turned off: 403 for everything", plain(Given(Change.ENDPOINT_OFF))),
    Effect(
        "unreachable",
        "not there: reset on a listener of its own, silence on a shared one",
        plain(Carried(WirePlan(end=End.RESET), WirePlan(end=End.SILENCE))),
    ),
    status_effect(429, "throttled"),
    status_effect(500, "everything fails"),
    status_effect(503, "everything fails"),
    Effect(
        "reordered",
        "listings of the tree come in the other order",
        edited(edits.backwards),
        aim=Aim.LISTINGS,
    ),
)
