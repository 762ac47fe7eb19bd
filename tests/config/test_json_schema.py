import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from imds_sim.config.json_schema import json_schema

SAMPLES = Path(__file__).parents[2] / "configs"
the_schema = cache(json_schema)  # making it takes longer than validating against it


def keys(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every key of every section: section, key, what the schema says of it."""
    for name, section in {"": schema, **schema["$defs"]}.items():
        for key, described in section.get("properties", {}).items():
            yield name, key, described


def test_every_key_has_a_description_that_names_its_default() -> None:
    sections = {"listen", "credentials", "sts", "journal", "audit", "log", "metadata_options"}
    sections |= {"organization", "ecs", "throttle"}
    for section, key, described in keys(the_schema()):
        assert described.get("description"), f"{section}.{key}"
        if key not in sections and not key.endswith(("_file", "_base64")):
            text = described["description"]
            assert "Default: " in text or "Required." in text, f"{section}.{key}"


def test_keys_are_in_the_schema_as_the_file_spells_them() -> None:
    found = {key for _, key, _ in keys(the_schema())}
    assert {"lambda", "endpoints"} <= found
    assert "aws_lambda" not in found


def test_defaults_are_written_as_in_the_file() -> None:
    definitions: Any = the_schema()["$defs"]
    credentials = definitions["CredentialsSection"]["properties"]
    assert credentials["lifetime"]["default"] == "6h35m"
    assert definitions["ListenSection"]["properties"]["imds"]["default"] == ["127.0.0.1:1338"]


def test_the_schema_is_json_of_a_stated_dialect() -> None:
    schema = the_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    "sample", ["minimal", "full", "container/imds-sim", "container/sidecar.imds-sim"]
)
def test_the_samples_are_valid_by_the_schema(sample: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    text = (SAMPLES / f"{sample}.yaml").read_text()
    jsonschema.validate(yaml.safe_load(text), the_schema())


@pytest.mark.parametrize(
    "document",
    [
        {"regoin": "us-east-1"},
        {"account": "5"},
        {"credentials": {"lifetime": "long"}},
        {"instances": {"a": {"metadata_options": {"http_tokens": True}}}},
        {"tasks": {"t": {}}},
        {"listen": {"imds": ["localhost:80"]}},
        {"roles": {"r": {"trust": "nobody"}}},
        {"roles": {"r": {"policies": {"p": {"Statement": {"Effect": "Allow", "Principal": "*"}}}}}},
        {"roles": {"r": {"permissions_boundary": "a b"}}},
        {"users": {"u": {"mfa_devices": [{"serial": "arn:aws:iam::111122223333:mfa/u"}]}}},
        {"users": {"u": {"tags": {"team": 5}}}},
        {"accounts": {"111122223333": {"organization": {"id": "x"}}}},
        {"managed_policies": {"p": "FullAWSAccess"}},
    ],
)
def test_the_schema_refuses_what_an_editor_can_see(document: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, the_schema())


def test_the_errors_of_configurations_can_be_named_without_loading_the_schema() -> None:
    code = "import sys, imds_sim.config.errors; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
