from imds_sim.imds.tree import Content, Directory, Each, Leaf, Node, text

# The listing of a current instance with role, public address and no key pair, as recorded in 2023.
RECORDED = """ami-id
ami-launch-index
ami-manifest-path
block-device-mapping/
events/
hostname
iam/
identity-credentials/
instance-action
instance-id
instance-life-cycle
instance-type
local-hostname
local-ipv4
mac
metrics/
network/
placement/
profile
public-hostname
public-ipv4
reservation-id
security-groups
services/
system"""


def leaf(value: str | None, since: str = "1.0") -> Leaf[object]:
    return text(lambda _: value, since)


def found(node: Node[object], *names: str, build: str = "2024-04-11") -> str | None:
    content = node.find(object(), names, build)
    return None if content is None else content.body.decode()


def test_a_listing_is_sorted_marks_directories_and_has_no_final_line_feed() -> None:
    assert len(RECORDED) == 312
    children: dict[str, Node[object]] = {
        line.rstrip("/"): Directory({"a": leaf("x")}) if line.endswith("/") else leaf("x")
        for line in reversed(RECORDED.split("\n"))
    }
    assert found(Directory(children)) == RECORDED


def test_the_roots_list_directories_without_slash() -> None:
    assert found(Directory({"a": Directory({"b": leaf("x")})}, slashes=False)) == "a"


def test_what_is_absent_is_not_listed() -> None:
    tree = Directory({"a": leaf("x"), "b": leaf(None), "c": Directory({"d": leaf(None)})})
    assert found(tree) == "a"
    assert found(tree, "b") is None
    assert found(tree, "c") is None
    assert found(tree, "c", "d") is None


def test_an_empty_value_is_there() -> None:
    tree = Directory({"a": leaf("")})
    assert (found(tree), found(tree, "a")) == ("a", "")


def test_a_leaf_has_no_children_and_unknown_names_lead_nowhere() -> None:
    tree = Directory({"a": leaf("x")})
    assert found(tree, "a", "b") is None
    assert found(tree, "b") is None


def test_a_node_is_there_from_its_build_on() -> None:
    tree = Directory({"a": leaf("x"), "b": leaf("y", since="2018-05-23")})
    assert found(tree, build="2018-03-28") == "a"
    assert found(tree, "b", build="2018-03-28") is None
    assert found(tree, build="2018-09-24") == "a\nb"
    assert found(tree, "b", build="2018-09-24") == "y"


def test_a_directory_is_there_from_the_build_of_its_first_item() -> None:
    tree = Directory({"a": leaf("x"), "d": Directory({"b": leaf("y", since="2011-01-01")})})
    assert found(tree, build="2009-04-04") == "a"
    assert found(tree, "d", build="2009-04-04") is None
    assert found(tree, "d", build="2011-01-01") == "b"


def test_what_is_not_listed_can_still_be_read() -> None:
    tree = Directory({"a": leaf("x"), "d": Directory({"b": leaf("y")}, listed=False)})
    assert found(tree) == "a"
    assert found(tree, "d", "b") == "y"


def test_a_directory_has_one_child_per_thing() -> None:
    child: Directory[str] = Directory({"name": Leaf(lambda thing: Content(thing.encode()))})
    tree: Each[object, str] = Each(lambda _: {"02:b": "eth1", "02:a": "eth0"}, child)
    assert found(tree) == "02:b/\n02:a/"
    assert found(tree, "02:a") == "name"
    assert found(tree, "02:a", "name") == "eth0"
    assert found(tree, "02:c") is None


def test_a_directory_without_things_is_absent() -> None:
    nothing: Each[object, str] = Each(lambda _: {}, text(lambda thing: thing))
    assert found(nothing) is None
    assert found(Directory({"a": leaf("x"), "b": nothing})) == "a"


def test_things_can_be_worded_in_the_listing_and_come_with_a_build() -> None:
    keys: Each[object, str] = Each(
        lambda _: {"0": "mine"},
        text(lambda thing: thing),
        since="2012-01-12",
        line=lambda name, thing: f"{name}={thing}",
    )
    assert found(keys) == "0=mine"
    assert found(keys, "0") == "mine"
    assert found(keys, build="2011-05-01") is None
    assert found(keys, "0", build="2011-05-01") is None
