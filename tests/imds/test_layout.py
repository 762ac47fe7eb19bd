from imds_sim.imds.layout import document


def test_documents_are_laid_out_as_ec2_does() -> None:
    assert document({"a": 'x "y"', "b": None}) == b'{\n  "a" : "x \\"y\\"",\n  "b" : null\n}'
