"""Signed identity documents: to the byte where bytes are known, and as openssl sees them."""

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, rsa

from imds_sim.imds.identity import identity_document
from imds_sim.imds.identity_keys import UNIT
from imds_sim.imds.signatures import Signatures
from imds_sim.imds.signed_forms import SignedForm
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.keys import KeyKeeper, KeyUnusable, ProcessKeys
from imds_sim.workloads.instance import Instance
from tests.imds.client import NOW, Client

BASE = "/latest/dynamic/instance-identity"
CONTAINERS = [SignedForm.PKCS7, SignedForm.RSA2048, SignedForm.DSA2048]
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


def read(client: Client, form: SignedForm) -> bytes:
    return client.get(f"{BASE}/{form.value}").body


def openssl(*argv: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *argv], cwd=folder, capture_output=True, timeout=30)


@pytest.fixture
def folder(client: Client, signatures: Signatures, tmp_path: Path) -> Callable[[SignedForm], Path]:
    """A folder with the files that the guide has one make."""

    def made(form: SignedForm) -> Path:
        (tmp_path / "certificate").write_text(signatures.certificate(form, "us-east-1"))
        (tmp_path / "document").write_bytes(client.get(f"{BASE}/document").body)
        body = read(client, form)
        if form is SignedForm.SIGNATURE:
            (tmp_path / "signature").write_bytes(base64.b64decode(body))
        else:
            armoured = b"-----BEGIN PKCS7-----\n" + body + b"\n-----END PKCS7-----\n"
            (tmp_path / form.value).write_bytes(armoured)
        return tmp_path

    return made


@needs_openssl
def test_openssl_verifies_the_signature_with_the_commands_of_the_guide(
    folder: Callable[[SignedForm], Path],
) -> None:
    here = folder(SignedForm.SIGNATURE)
    key = openssl("x509", "-pubkey", "-noout", "-in", "certificate", folder=here).stdout
    (here / "key").write_bytes(key)
    verify = ("dgst", "-sha256", "-verify", "key", "-signature", "signature", "document")
    assert openssl(*verify, folder=here).stdout == b"Verified OK\n"
    (here / "document").write_bytes((here / "document").read_bytes() + b"\n")
    assert openssl(*verify, folder=here).returncode == 1


@needs_openssl
@pytest.mark.parametrize("command", ["smime", "cms"])
@pytest.mark.parametrize("form", CONTAINERS)
def test_openssl_verifies_the_containers_with_the_commands_of_the_guide(
    client: Client, folder: Callable[[SignedForm], Path], form: SignedForm, command: str
) -> None:
    here = folder(form)
    inform = "PEM"
    name = form.value
    if command == "cms":  # reads another armour
        inform, name = "DER", "der"
        (here / name).write_bytes(base64.b64decode(read(client, form)))
    verify = [command, "-verify", "-in", name, "-inform", inform]
    verify += ["-certfile", "certificate", "-noverify"]
    done = openssl(*verify, folder=here)
    assert done.returncode == 0, done.stderr
    assert b"erification successful" in done.stderr
    assert done.stdout == identity_document(client.instance)


@needs_openssl
@pytest.mark.parametrize("form", CONTAINERS)
def test_another_document_or_another_certificate_does_not_verify(
    client: Client, signatures: Signatures, folder: Callable[[SignedForm], Path], form: SignedForm
) -> None:
    here = folder(form)
    raw = base64.b64decode(read(client, form))
    verify = ["smime", "-verify", "-in", "der", "-inform", "DER"]
    verify += ["-certfile", "certificate", "-noverify"]
    (here / "der").write_bytes(raw.replace(b"us-east-1a", b"us-east-1b"))
    assert openssl(*verify, folder=here).returncode != 0
    (here / "der").write_bytes(raw)
    assert openssl(*verify, folder=here).returncode == 0
    (here / "certificate").write_text(signatures.certificate(form, "eu-west-1"))
    assert openssl(*verify, folder=here).returncode != 0


def test_the_signature_is_three_lines_of_base64(client: Client) -> None:
    body = read(client, SignedForm.SIGNATURE)
    assert [len(line) for line in body.split(b"\n")] == [76, 76, 20]
    assert len(base64.b64decode(body)) == 128


@pytest.mark.parametrize("form", CONTAINERS)
def test_a_container_has_lines_of_76_no_armour_and_no_final_line_feed(
    client: Client, form: SignedForm
) -> None:
    *lines, last = read(client, form).split(b"\n")
    assert {len(line) for line in lines} == {76}
    assert 0 < len(last) <= 76
    assert b"-" not in last
    assert not read(client, form).endswith(b"\n")


def test_a_pkcs7_begins_and_ends_as_recorded(client: Client) -> None:
    """BER with indefinite length outside, to the byte as in a recording of 2019."""
    document = identity_document(client.instance)
    body = read(client, SignedForm.PKCS7)
    assert body.startswith(b"MIAGCSqGSIb3DQEHAqCAMIACAQExCzAJBgUrDgMCGgUAMIAGCSqGSIb3DQEHAaCAJIAE")
    raw = base64.b64decode(body)
    assert raw.endswith(b"\0" * 6)
    assert b"\x24\x80\x04\x82" + len(document).to_bytes(2, "big") + document + b"\0" * 6 in raw


@pytest.mark.parametrize(
    ("form", "digest", "algorithm"),
    [
        (SignedForm.PKCS7, "sha1", "sha1_dsa"),
        (SignedForm.RSA2048, "sha256", "rsassa_pkcs1v15"),
        (SignedForm.DSA2048, "sha256", "sha256_dsa"),
    ],
)
def test_a_container_holds_the_document_and_one_signer_without_certificate(
    client: Client, form: SignedForm, digest: str, algorithm: str
) -> None:
    data = cms.ContentInfo.load(base64.b64decode(read(client, form)))["content"]
    assert data["encap_content_info"]["content"].native == identity_document(client.instance)
    assert data["certificates"].native is None
    (signer,) = data["signer_infos"]
    assert signer["digest_algorithm"]["algorithm"].native == digest
    assert signer["signature_algorithm"]["algorithm"].native == algorithm
    attributes = {each["type"].native: each["values"].native for each in signer["signed_attrs"]}
    assert list(attributes) == ["content_type", "signing_time", "message_digest"]
    assert attributes["signing_time"] == [NOW]


@pytest.mark.parametrize(
    ("form", "kind", "bits"),
    [
        (SignedForm.SIGNATURE, rsa.RSAPublicKey, 1024),
        (SignedForm.PKCS7, dsa.DSAPublicKey, 1024),
        (SignedForm.RSA2048, rsa.RSAPublicKey, 2048),
        (SignedForm.DSA2048, dsa.DSAPublicKey, 2048),
    ],
)
def test_certificates_are_their_own_issuers_and_say_whose_they_are(
    signatures: Signatures, form: SignedForm, kind: type[object], bits: int
) -> None:
    found = x509.load_pem_x509_certificate(signatures.certificate(form, "us-east-1").encode())
    key = found.public_key()
    assert isinstance(key, kind)
    assert isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey)
    assert key.key_size == bits
    assert isinstance(found.signature_hash_algorithm, hashes.SHA256)
    assert found.issuer == found.subject
    found.verify_directly_issued_by(found)
    assert UNIT in found.subject.rfc4514_string()
    assert "Seattle" in found.subject.rfc4514_string()


@pytest.mark.parametrize("form", SignedForm)
def test_a_form_is_served_like_any_other_text(client: Client, form: SignedForm) -> None:
    response = client.get(f"{BASE}/{form.value}/")
    assert list(response.headers) == [
        ("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600"),
        ("Content-Type", "text/plain"),
        ("Accept-Ranges", "none"),
        ("Last-Modified", "Mon, 02 Oct 2023 14:05:18 GMT"),
        ("Content-Length", str(len(response.body))),
        ("Date", "Mon, 02 Oct 2023 14:32:45 GMT"),
        ("Server", "EC2ws"),
        ("Connection", "close"),
    ]


@pytest.mark.parametrize("form", SignedForm)
def test_every_read_gives_the_same_until_the_document_changes(
    client: Client, clock: ManualClock, form: SignedForm
) -> None:
    first = read(client, form)
    clock.advance(timedelta(hours=7))
    assert read(client, form) == first
    client.instance = replace(client.instance, instance_type="t3.micro")
    assert read(client, form) != first


def test_a_document_of_the_file_is_what_is_signed(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    metadata = {"dynamic/instance-identity/document": '{"mine" : "é"}'}
    client = client_of(replace(instance, metadata=metadata))
    data = cms.ContentInfo.load(base64.b64decode(read(client, SignedForm.RSA2048)))["content"]
    signed = data["encap_content_info"]["content"].native
    assert signed == client.get(f"{BASE}/document").body == '{"mine" : "é"}'.encode()


class Keeper(ProcessKeys):
    """Tells what it had to have made."""

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[str, str] = {}

    def kept(self, name: str, make: Callable[[], str]) -> str:
        def told() -> str:
            self.made[name] = make()
            return self.made[name]

        return super().kept(name, told)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


def signatures_of(keeper: KeyKeeper, seed: int = 1) -> Signatures:
    return Signatures(keeper, ManualClock(), SeededEntropy(seed))


PKCS7 = "instance identity us-east-1 pkcs7"


def test_a_key_is_made_at_first_use_and_kept(keeper: Keeper) -> None:
    signatures = signatures_of(keeper)
    assert list(keeper.made) == []
    signatures.sign(SignedForm.PKCS7, "us-east-1", b"document")
    assert list(keeper.made) == [PKCS7]
    certificate = signatures.certificate(SignedForm.PKCS7, "us-east-1")
    assert signatures_of(keeper, 2).certificate(SignedForm.PKCS7, "us-east-1") == certificate
    assert list(keeper.made) == [PKCS7]
    assert signatures.certificate(SignedForm.PKCS7, "eu-west-1") != certificate


@pytest.mark.parametrize("damage", ["", "no PEM", "another's certificate"])
def test_a_damaged_key_is_refused_with_the_remedy(keeper: Keeper, damage: str) -> None:
    kept = damage
    if damage == "another's certificate":
        signatures = signatures_of(keeper)
        mine = signatures.certificate(SignedForm.PKCS7, "us-east-1")
        other = signatures.certificate(SignedForm.PKCS7, "eu-west-1")
        kept = keeper.made[PKCS7].replace(mine, other)
    damaged = ProcessKeys()
    damaged.kept(PKCS7, lambda: kept)
    with pytest.raises(KeyUnusable, match=rf"{PKCS7}.*remove it .* for a new one"):
        signatures_of(damaged).certificate(SignedForm.PKCS7, "us-east-1")


def test_serving_without_signatures_loads_nothing_for_them() -> None:
    code = (
        "import sys; from tests.simulator.scenes import scene_of;"
        "from imds_sim.config.load import DEFAULT_FILE;"
        "scene = scene_of(DEFAULT_FILE);"
        f"scene.get('{BASE}/document'); scene.get('{BASE}/');"
        "print(*sorted({'asn1crypto', 'cryptography.x509'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert (done.stdout, done.stderr) == ("\n", "")
