import pytest

from imds_sim.kernel.target import origin_form


@pytest.mark.parametrize(
    ("target", "origin"),
    [
        ("/latest/?a=b", "/latest/?a=b"),
        ("//latest/", "//latest/"),
        ("http://169.254.169.254/latest/?a=b", "/latest/?a=b"),
        ("HTTP://[fd00:ec2::254]:80//latest", "//latest"),
        ("http://instance-data", "/"),
        ("http://instance-data?a", "/?a"),
        ("*", "*"),
        ("instance-data:80", "instance-data:80"),
        ("", ""),
    ],
)
def test_a_target_is_read_from_its_path_on(target: str, origin: str) -> None:
    assert origin_form(target) == origin
