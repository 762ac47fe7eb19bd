import pytest

from imds_sim.imds.path import path_of


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("/", ()),
        ("//", ()),
        ("/latest", ("latest",)),
        ("/latest/", ("latest",)),
        ("//latest///meta-data/", ("latest", "meta-data")),
        ("/latest?recursive=true", ("latest",)),
        ("/latest/?a/b", ("latest",)),
        ("/a%2Cb%3D%40%2B", ("a,b=@+",)),
        ("/a%2Fb", ("a", "b")),
        ("/a%252Fb", ("a%2Fb",)),
        ("/macs/02:29:96:8f:6a:2d/", ("macs", "02:29:96:8f:6a:2d")),
        ("/...", ("...",)),
        ("http://169.254.169.254/latest/", ("latest",)),
        ("http://instance-data", ()),
    ],
)
def test_a_target_is_read_as_names_from_the_root(target: str, names: tuple[str, ...]) -> None:
    path = path_of(target)
    assert path is not None
    assert path.names == names


@pytest.mark.parametrize(
    "target",
    [
        "/..",
        "/latest/../latest",
        "/latest/.",
        "/%2e%2e/",
        "/a%2f..%2fb",
        "/%",
        "/%4",
        "/%zz",
        "/\xe4",
        "/%c3%a4",
        "/%ff",
        "*",
        "latest",
        "",
    ],
)
def test_some_targets_point_nowhere(target: str) -> None:
    assert path_of(target) is None


@pytest.mark.parametrize(
    ("target", "issues_tokens"),
    [
        ("/latest/api/token", True),
        ("//latest//api/token", True),
        ("/latest/api/token?a", True),
        ("/latest/api/token/", False),
        ("/2021-03-23/api/token", False),
        ("/latest/api", False),
    ],
)
def test_tokens_are_issued_at_one_path(target: str, issues_tokens: bool) -> None:
    path = path_of(target)
    assert path is not None
    assert path.issues_tokens is issues_tokens
