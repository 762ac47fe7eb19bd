from imds_sim.iam.context import RequestContext


def test_names_of_keys_have_no_case() -> None:
    assert RequestContext.of({"AWS:UserName": "alice"}).get("aws:username") == "alice"


def test_a_key_without_any_value_is_absent() -> None:
    assert RequestContext.of({"aws:TagKeys": (), "aws:x": "y"}).get("aws:tagkeys") is None


def test_a_set_operator_sees_the_values_and_no_lone_empty_string() -> None:
    context = RequestContext.of({"a:one": "x", "a:many": ("x", ""), "a:none": "", "a:no": ("",)})
    assert context.values_of("a:one") == ("x",)
    assert context.values_of("a:many") == ("x", "")
    assert context.values_of("a:none") == context.values_of("a:no") == ()
    assert context.values_of("a:gone") == ()


def test_a_key_can_be_left_out() -> None:
    context = RequestContext.of({"a:x": "1", "a:y": "2"})
    assert context.without("a:x").values == {"a:y": "2"}
    assert context.without("a:z") is context
