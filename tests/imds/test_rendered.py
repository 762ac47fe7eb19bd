from imds_sim.imds import rendered
from imds_sim.imds.rendered import Rendered


class Source:
    """Equal to every other: only identity tells sources apart."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_a_value_is_made_once_per_source() -> None:
    made: list[Source] = []

    def render(source: Source) -> int:
        made.append(source)
        return len(made)

    values: Rendered[Source, int] = Rendered(render)
    first, second = Source(), Source()
    assert [values.of("a", first), values.of("a", first), values.of("a", second)] == [1, 1, 2]
    assert values.of("b", second) == 3


def test_what_is_remembered_has_a_bound() -> None:
    values: Rendered[str, str] = Rendered(str.upper)
    for number in range(rendered.LIMIT + 10):
        assert values.of(number, "a") == "A"
    assert len(values._held) == 10
