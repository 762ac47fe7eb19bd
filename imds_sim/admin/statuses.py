"""How each error of the control surface is answered: its status and its code."""

from imds_sim.admin import saml
from imds_sim.admin.errors import BodyInvalid, QueryInvalid
from imds_sim.faults.errors import FaultInvalid, FaultUnknown, TooManyFaults
from imds_sim.kernel.clock import RateImpossible, ShiftTooFar
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.keys import KeyUnusable
from imds_sim.simulator.asker import PrincipalUnknown, RoleUnknown
from imds_sim.simulator.environment import EnvironmentUnavailable
from imds_sim.simulator.overlay import NameTaken, TooManyAdded
from imds_sim.simulator.restoring import NotRestorable
from imds_sim.sts.federation.issuers import IssuerUnknown
from imds_sim.workloads.resolve import WorkloadUnknown

# Status and code of each error; the message is the error's own.
ERRORS: dict[type[SimError], tuple[int, str]] = {
    QueryInvalid: (400, "InvalidQuery"),
    BodyInvalid: (400, "InvalidBody"),
    IssuerUnknown: (404, "IssuerUnknown"),
    PrincipalUnknown: (404, "PrincipalUnknown"),
    RoleUnknown: (404, "RoleUnknown"),
    **saml.ERRORS,
    ShiftTooFar: (400, "ShiftTooFar"),
    RateImpossible: (400, "RateImpossible"),
    FaultInvalid: (400, "FaultInvalid"),
    FaultUnknown: (404, "FaultUnknown"),
    TooManyFaults: (409, "TooManyFaults"),
    WorkloadUnknown: (404, "WorkloadUnknown"),
    NameTaken: (409, "NameTaken"),
    TooManyAdded: (409, "TooManyAdded"),
    EnvironmentUnavailable: (409, "EnvironmentUnavailable"),
    NotRestorable: (400, "NotRestorable"),
    KeyUnusable: (500, "KeyUnusable"),
}

# Of a reload that did not take effect: the file is at fault, or what the daemon stands on.
RELOAD_STATUS = {
    "ConfigInvalid": 422,
    "ConfigNotReadable": 422,
    "CannotBind": 409,
    "SinkNotWritable": 409,
    "DaemonEnds": 503,
}
