from imds_sim.imds.versions import BUILDS, DATED, LISTED


def test_the_builds_are_listed_in_order_and_latest_is_the_newest() -> None:
    assert len(LISTED) == 30
    assert list(DATED) == sorted(DATED)
    assert BUILDS["latest"] == "2024-04-11"


def test_the_fifteen_versions_of_2016_took_153_bytes() -> None:
    until_2014 = [version for version in DATED if version <= "2014-11-05"]
    assert len("\n".join([*until_2014, "latest"])) == 153
