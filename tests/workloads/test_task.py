import pytest

from imds_sim.workloads.task import credentials_id_in

MANY = "&".join(f"a{number}=1" for number in range(1000))


@pytest.mark.parametrize(
    ("target", "credentials_id"),
    [
        ("/v2/credentials/a-b", "a-b"),
        ("/v2/credentials/", ""),
        ("/v2/credentials/a/b", "a/b"),
        ("/v2/credentials/a-b?id=c", "a-b"),
        ("/v2/%63redentials/a%2Db", "a-b"),
        ("http://169.254.170.2/v2/credentials/a-b", "a-b"),
        ("/v2/credentials", None),
        ("/v1/credentials?id=a-b", "a-b"),
        ("/v1/credentials?x=1&id=a&id=b", "a"),
        ("/v1/credentials?id=&id=b", ""),
        ("/v1/credentials?id=%zz&id=b", "b"),
        ("/v1/credentials?x;id=b", ""),
        ("/v1/credentials?%69d=a+b", "a b"),
        (f"/v1/credentials?{MANY}&id=a", "a"),
        ("/v1/credentials", ""),
        ("/v1/credentials/a", None),
        ("/v3/credentials/a", None),
        ("*", None),
    ],
)
def test_a_request_names_credentials_by_path_or_query(
    target: str, credentials_id: str | None
) -> None:
    assert credentials_id_in(target) == credentials_id
