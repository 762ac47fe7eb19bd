"""SAML providers of a file: their metadata is read with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from imds_sim.config.build import build_world
from imds_sim.config.load import load_config
from imds_sim.iam.generations import Generations
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.identifiers import Identifiers
from tests.sts.federation.responses import ENTITY, key
from tests.sts.federation.test_saml_metadata import GOOD


def test_metadata_and_built_in_providers_are_in_the_directory(tmp_path: Path) -> None:
    (tmp_path / "idp.xml").write_text(GOOD)
    file = tmp_path / "sim.yaml"
    file.write_text("saml_providers: {corp: {metadata_file: idp.xml}, own: {built_in: true}}")
    world = build_world(
        load_config(file), Identifiers(b"k" * 32), Generations(), ManualClock().now()
    )
    corp, own = world.directory.saml_providers.values()
    assert corp.arn == "arn:aws:iam::111122223333:saml-provider/corp"
    assert (corp.entity_id, corp.certificates) == (ENTITY, (key().certificate,))
    assert (own.entity_id, own.is_built_in) == ("https://idp.imds-sim.invalid/saml/own", True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "saml_providers: {corp: {}}",
            [
                "1:18: saml_providers.corp: who signs its assertions? give one of metadata_file or "
                "built_in: true; no metadata is ever fetched"
            ],
        ),
        (
            "saml_providers: {corp: {metadata_file: bad.xml}}",
            [
                "1:25: saml_providers.corp.metadata_file: the document is a a, not an "
                "EntityDescriptor"
            ],
        ),
        (
            "saml_providers: {corp: {metadata_file: none.xml}}",
            ["1:25: saml_providers.corp.metadata_file: there is no file 'none.xml'"],
        ),
        (
            "saml_providers: {corp: {metadata_file: good.xml, built_in: true}}",
            [
                "1:50: saml_providers.corp.built_in: not together with metadata_file; a built-in "
                "provider has a key"
            ],
        ),
        (
            "saml_providers: {a b: {built_in: true}}",
            [
                "1:18: saml_providers.\"a b\": 'a b' is not a provider name: 1 to 128 letters, "
                "digits and characters of ._-"
            ],
        ),
    ],
)
def test_what_is_wrong_has_a_place(
    refusal: Callable[[str], list[str]], tmp_path: Path, text: str, lines: list[str]
) -> None:
    (tmp_path / "bad.xml").write_text("<a/>")
    (tmp_path / "good.xml").write_text(GOOD)
    assert refusal(text) == lines


def test_trust_in_a_provider_that_is_not_there_is_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "sim.yaml"
    file.write_text(
        "saml_providers: {corp: {built_in: true}}\n"
        "roles: {a: {trust: {Version: '2012-10-17', Statement: {Effect: Allow, Action: "
        "'sts:AssumeRoleWithSAML', Principal: {Federated: [\n"
        "  'arn:aws:iam::111122223333:saml-provider/corp',\n"
        "  'arn:aws:iam::111122223333:saml-provider/gone']}}}}}\n"
    )
    [warning] = load_config(file).warnings
    assert "saml-provider/gone: the file has no such provider" in str(warning)
