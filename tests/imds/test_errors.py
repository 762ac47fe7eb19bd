from imds_sim.imds.errors import DEFECT_STATUS, STATUS, ImdsError
from imds_sim.kernel.message import Defect


def test_every_refusal_has_a_status() -> None:
    assert set(STATUS) == set(ImdsError.__subclasses__())


def test_every_defect_has_a_status() -> None:
    assert set(DEFECT_STATUS) == set(Defect)
