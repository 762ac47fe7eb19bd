import pytest

from imds_sim.kernel.address import (
    Address,
    AddressMalformed,
    TcpAddress,
    UnixAddress,
    parse_address,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:1338", TcpAddress("127.0.0.1", 1338)),
        ("[::1]:0", TcpAddress("::1", 0)),
        ("[fd00:0ec2:0::254]:65535", TcpAddress("fd00:ec2::254", 65535)),
        ("unix:/run/x.sock", UnixAddress("/run/x.sock")),
    ],
)
def test_an_address_is_read_in_its_three_forms(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1338",
        "127.0.0.1",
        "127.0.0.1:65536",
        "localhost:80",
        "::1:80",
        "[::1]",
        "unix:x",
        ":80",
    ],
)
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(AddressMalformed):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("127.0.0.1:80", False),
        ("127.255.255.255:80", False),
        ("169.254.169.254:80", False),
        ("[::1]:80", False),
        ("[fd00:ec2::254]:80", False),
        ("[fd00:ec2::23]:80", False),
        ("[fd00:ec2::24]:80", True),
        ("0.0.0.0:80", True),
        ("[::]:80", True),
        ("10.0.0.1:80", True),
    ],
)
def test_an_address_that_other_machines_reach_is_public(text: str, public: bool) -> None:
    address = parse_address(text)
    assert isinstance(address, TcpAddress)
    assert address.is_public is public


def test_a_url_leaves_port_80_out_and_brackets_ipv6() -> None:
    assert TcpAddress("169.254.169.254", 80).url == "http://169.254.169.254"
    assert TcpAddress("::1", 1338).url == "http://[::1]:1338"
