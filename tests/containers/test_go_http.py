from http import HTTPStatus

import pytest

from imds_sim.containers.go_http import UNKNOWN, GoServer
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Defect, Headers, Request, Unreadable


@pytest.fixture
def server() -> GoServer:
    return GoServer(HttpDates(ManualClock()))


@pytest.mark.parametrize("defect", Defect)
def test_whatever_is_wrong_with_a_request_has_an_answer(server: GoServer, defect: Defect) -> None:
    response = server.refuse(Unreadable(b"", defect))
    assert response.close
    assert response.body.startswith(f"{response.status} ".encode())


def test_no_header_value_can_start_a_line_of_its_own(server: GoServer) -> None:
    response = server.reply(UNKNOWN, HTTPStatus.OK, (("X-A", "a\r\nX-B: b"),))
    assert response.headers[0] == ("X-A", "a  X-B: b")


def test_a_close_among_other_elements_closes(server: GoServer) -> None:
    headers = Headers([("Host", "a"), ("Connection", "TE"), ("connection", "foo, Close")])
    response = server.reply(Request("GET", "/", headers), HTTPStatus.OK, ())
    assert response.close
    assert response.headers[-1] == ("Connection", "close")
