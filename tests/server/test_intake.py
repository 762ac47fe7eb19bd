from hypothesis import given
from hypothesis import strategies as st

from imds_sim.server.intake import Intake
from imds_sim.server.limits import Limits

REQUESTS = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"get /%zz HTTP/1.0\r\n\r\n",
    b"PUT /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nGET / HTT",
    b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n",
    b"GET /d HTTP/1.1\nUpgrade: h2c\nConnection: upgrade\n\n",
    b"\r\n\r\nHEAD / HTTP/1.1\r\n\r\n",
]


def taken(parts: list[bytes]) -> list[tuple[str, str, bytes]]:
    intake, requests = Intake(), []
    for part in parts:
        intake.feed(part)
        while (request := intake.next_request(Limits())) is not None:
            requests.append((request.method, request.target, request.body))
    assert intake.is_empty
    return requests


@given(
    requests=st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=5),
    sizes=st.lists(st.integers(1, 40), min_size=1),
)
def test_requests_are_the_same_however_they_were_cut_up_on_the_way(
    requests: list[bytes], sizes: list[int]
) -> None:
    stream = b"".join(requests)
    parts, at, turn = [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        parts.append(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert taken(parts) == taken([stream])
    assert len(taken(parts)) == len(requests)
