from imds_sim.kernel.message import Defect
from imds_sim.sts.errors import ApiError, Fault
from imds_sim.sts.query_api.errors import STATUS, STATUS_OF_DEFECT


def test_every_error_has_a_status_of_its_side() -> None:
    assert set(STATUS) == set(ApiError.__subclasses__())
    for error, status in STATUS.items():
        assert (status >= 500) == (error.fault is Fault.RECEIVER)


def test_every_defect_has_a_status() -> None:
    assert set(STATUS_OF_DEFECT) == set(Defect)
